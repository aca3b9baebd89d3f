// Reads calls of tools out of a text as it comes: <tool_call>, one JSON object with name and arguments, </tool_call>.

import { callEnd, callStart } from '../grammar/tool-grammar.ts';
import { partialEnd } from './partial-end.ts';

/** Where a text may begin to call: nowhere, only as its first word, or anywhere in it. */
export type CallPlace = 'nowhere' | 'start' | 'anywhere';

export type Reading =
  | { readonly type: 'text'; readonly text: string }
  /** `name` comes with the first piece of a call only; the `arguments` of all pieces are one JSON text. */
  | { readonly type: 'call'; readonly call: number; readonly name?: string; readonly arguments: string };

// Longer than the head of any call with a name that a route takes; what runs past it is none, and is not searched over and over.
const mostHead = 4096;
// As the grammar of calls writes it, and with the white space that models leave out or add.
const head = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:\s*(?=\S)/;

/** Reads one text. */
export class ToolCallReader {
  readonly #place: CallPlace;
  #part: 'text' | 'head' | 'arguments' | 'tail' = 'text';
  #held = '';
  /** Only white space so far, or since the last call: no text unless some follows. */
  #isBlank = true;
  #calls = 0;
  #hasDropped = false;
  #position = 0;
  #textEnd = 0;
  #depth = 0;
  #string: 'outside' | 'inside' | 'escaped' = 'outside';

  constructor(place: CallPlace) {
    this.#place = place;
  }

  /** Whether some of what was pushed is no text. */
  get hasMarkup(): boolean {
    return this.#calls > 0 || this.#part !== 'text' || this.#hasDropped;
  }

  get isInCall(): boolean {
    return this.#part !== 'text';
  }

  /** Calls whose name is known. */
  get calls(): number {
    return this.#calls;
  }

  /** How far into all that was pushed text reaches. Units: characters. */
  get textEnd(): number {
    return this.#textEnd;
  }

  push(text: string): readonly Reading[] {
    this.#position += text.length;
    const readings: Reading[] = [];
    let rest: string | undefined = text;
    while (rest !== undefined) rest = this.#read(rest, readings);
    return readings;
  }

  /** What was held back. `isCut`: the text was not ended by the model, so that a beginning of markup is no text. */
  end(isCut: boolean): readonly Reading[] {
    if (this.#part === 'head' && !isCut) {
      this.#part = 'text';
      this.#held = callStart + this.#held;
    }
    if (this.#part !== 'text') return [];
    const rest = this.#held;
    this.#held = '';
    const isMarkup = isCut && rest.trim() !== '' && (this.#place === 'start' || this.#calls > 0);
    if (rest === '') return [];
    if (isMarkup || (this.#calls > 0 && rest.trim() === '')) {
      this.#hasDropped = true;
      return [];
    }
    this.#textEnd = this.#position;
    return [{ type: 'text', text: rest }];
  }

  /** What is left to be read as another part; undefined when all is. */
  #read(text: string, readings: Reading[]): string | undefined {
    switch (this.#part) {
      case 'text':
        return this.#readText(text, readings);
      case 'head':
        return this.#readHead(text, readings);
      case 'arguments':
        return this.#readArguments(text, readings);
      case 'tail':
        return this.#readTail(text);
    }
  }

  #readText(text: string, readings: Reading[]): string | undefined {
    const seen = this.#held + text;
    this.#held = '';
    const isOver = this.#place === 'nowhere' || (this.#place === 'start' && !this.#isBlank);
    const at = isOver ? -1 : seen.indexOf(callStart);
    const end = at >= 0 ? at : seen.length - (isOver ? 0 : partialEnd(seen, callStart));
    const isBlank = this.#isBlank && seen.slice(0, end).trim() === '';
    if (this.#place === 'start' && !isBlank) return this.#tell(seen, '', readings);
    if (at < 0) return isBlank && !isOver ? this.#hold(seen) : this.#tell(seen.slice(0, end), seen.slice(end), readings);
    const rest = seen.slice(at + callStart.length);
    if (!isBlank) this.#tell(seen.slice(0, at), seen.slice(at), readings);
    this.#held = '';
    this.#part = 'head';
    return rest;
  }

  #hold(text: string): undefined {
    this.#held = text;
  }

  #tell(text: string, held: string, readings: Reading[]): undefined {
    this.#held = held;
    if (text === '') return;
    this.#isBlank = false;
    this.#textEnd = this.#position - held.length;
    readings.push({ type: 'text', text });
  }

  #readHead(text: string, readings: Reading[]): string | undefined {
    this.#held += text;
    const found = head.exec(this.#held);
    if (found === null && this.#held.length <= mostHead) return undefined;
    const name = nameOf(found?.[1]);
    if (found === null || name === undefined) {
      this.#part = 'text';
      return this.#tell(callStart + this.#held, '', readings);
    }
    const rest = this.#held.slice(found[0].length);
    readings.push({ type: 'call', call: this.#calls, name, arguments: '' });
    this.#calls += 1;
    this.#held = '';
    this.#part = 'arguments';
    return rest;
  }

  #readArguments(text: string, readings: Reading[]): string | undefined {
    let at = 0;
    while (at < text.length && this.#part === 'arguments') {
      this.#step(text[at] ?? '');
      at += 1;
    }
    const piece = text.slice(0, at);
    if (piece !== '') readings.push({ type: 'call', call: this.#calls - 1, arguments: piece });
    return this.#part === 'arguments' ? undefined : text.slice(at);
  }

  #step(char: string): void {
    if (this.#string === 'escaped') this.#string = 'inside';
    else if (this.#string === 'inside') {
      if (char === '\\') this.#string = 'escaped';
      else if (char === '"') this.#string = 'outside';
    } else if (char === '"') this.#string = 'inside';
    else if (char === '{' || char === '[') this.#depth += 1;
    else if (char === '}' || char === ']') {
      this.#depth -= 1;
      // The value is whole; what follows closes the object around it.
      if (this.#depth === 0) this.#part = 'tail';
    }
  }

  #readTail(text: string): string | undefined {
    const seen = this.#held + text;
    const at = seen.indexOf(callEnd);
    if (at < 0) return this.#hold(seen.slice(seen.length - partialEnd(seen, callEnd)));
    this.#held = '';
    this.#isBlank = true;
    this.#part = 'text';
    return seen.slice(at + callEnd.length);
  }
}

/** Whether what comes behind this beginning of an answer belongs to a call that began in it, or may. */
export function endsInCall(beginning: string): boolean {
  const reader = new ToolCallReader('anywhere');
  reader.push(beginning);
  // Templates leave out white space at an end.
  return reader.isInCall || partialEnd(beginning, callStart) > 0 || partialEnd(beginning.trimEnd(), callStart) > 0;
}

/** Undefined where it is no JSON string: the pattern lets control characters and unknown escapes through. */
function nameOf(json: string | undefined): string | undefined {
  try {
    const name: unknown = JSON.parse(json ?? '');
    return typeof name === 'string' ? name : undefined;
  } catch {
    // The error would quote what was generated.
    return undefined;
  }
}
