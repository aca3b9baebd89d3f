// Finds where a text stops being JSON. The parser's own message is of no use: it quotes the text, and each version of Node words it differently.

/** Where a text stops being JSON, and what could have gone on there; nothing of the text itself. */
export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  readonly expected: string;
  /** The text ends there: it was cut off. */
  readonly atEnd: boolean;
}

/** Undefined when the text is JSON. One pass without recursion, so that neither length nor depth matters. */
export function jsonMistake(text: string): JsonMistake | undefined {
  const found = firstMistake(text);
  if (found === undefined) return undefined;
  const before = text.slice(0, found.at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: count(before, isNewline, 0) + 1,
    column: count(before, isCharacter, lineStart) + 1,
    expected: found.expected,
    atEnd: found.at >= text.length,
  };
}

interface Stop {
  readonly at: number;
  readonly expected: string;
}

/** What the next token may be. `first`: right behind a bracket, where an empty list or object may end. */
type Next = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'more';

const expectations: Readonly<Record<Next, string>> = {
  value: 'a value',
  'first value': 'a value or ]',
  key: 'a key in double quotes',
  'first key': 'a key in double quotes or }',
  colon: 'a colon',
  more: 'nothing more',
};

function firstMistake(text: string): Stop | undefined {
  const open: ('{' | '[')[] = [];
  let next: Next = 'value';
  let at = 0;
  const stop = (why = ''): Stop => ({ at, expected: expectedAt(next, open.at(-1)) + why });
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at += 1;
    const character = text[at];
    if (character === undefined) return next === 'more' && open.length === 0 ? undefined : stop();
    switch (next) {
      case 'first key':
      case 'key': {
        if (character === '}' && next === 'first key') {
          open.pop();
          next = 'more';
          at += 1;
          break;
        }
        if (character === '}') return stop(', since no comma follows the last member');
        if (character !== '"') return stop();
        const key = textEnd(text, at);
        if (typeof key !== 'number') return key;
        at = key;
        next = 'colon';
        break;
      }
      case 'colon':
        if (character !== ':') return stop();
        at += 1;
        next = 'value';
        break;
      case 'first value':
      case 'value':
        if (character === '{' || character === '[') {
          open.push(character);
          next = character === '{' ? 'first key' : 'first value';
          at += 1;
        } else if (character === ']' && next === 'first value') {
          open.pop();
          next = 'more';
          at += 1;
        } else if (character === ']' && open.at(-1) === '[') {
          return stop(', since no comma follows the last item');
        } else {
          const end = scalarEnd(text, at);
          if (typeof end !== 'number') return end ?? stop();
          at = end;
          next = 'more';
        }
        break;
      case 'more': {
        const container = open.at(-1);
        if (container !== undefined && character === ',') next = container === '{' ? 'key' : 'value';
        else if (container !== undefined && character === closing(container)) open.pop();
        else return stop();
        at += 1;
      }
    }
  }
}

function expectedAt(next: Next, container: '{' | '[' | undefined): string {
  return next === 'more' && container !== undefined ? `a comma or ${closing(container)}` : expectations[next];
}

function closing(container: '{' | '['): string {
  return container === '{' ? '}' : ']';
}

const words = ['true', 'false', 'null'];
const longestWord = 5;

/** Behind a text, number or word. Undefined where none of them begins. */
function scalarEnd(text: string, at: number): number | Stop | undefined {
  const character = text[at];
  if (character === '"') return textEnd(text, at);
  if (character === '-' || isDigit(text.charCodeAt(at))) return numberEnd(text, at);
  const word = words.find((known) => text.startsWith(known, at));
  if (word !== undefined) return at + word.length;
  // Only a rest shorter than a word is cut off within one.
  const rest = text.slice(at, at + longestWord);
  return at + rest.length === text.length && words.some((known) => known.startsWith(rest))
    ? { at: text.length, expected: expectations.value }
    : undefined;
}

function textEnd(text: string, start: number): number | Stop {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return { at, expected: 'a control character as an escape, such as \\n' };
    if (code !== 0x5c) continue;
    const stop = escapeStop(text, at);
    if (stop !== undefined) return stop;
    at += 1;
  }
  return { at: text.length, expected: 'the end of a text' };
}

const anEscape = 'an escape that JSON has';

/** Undefined where JSON has the escape. One that the end of the text cuts off is no wrong one. */
function escapeStop(text: string, at: number): Stop | undefined {
  const escaped = text[at + 1];
  if (escaped !== undefined && escaped !== 'u') return '"\\/bfnrt'.includes(escaped) ? undefined : { at, expected: anEscape };
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    if (digit >= text.length) return { at: text.length, expected: 'the end of a text' };
    if (!isHexDigit(text.charCodeAt(digit))) return { at, expected: anEscape };
  }
  return undefined;
}

function numberEnd(text: string, start: number): number | Stop {
  let at = start;
  const digits = (): boolean => {
    const from = at;
    while (isDigit(text.charCodeAt(at))) at += 1;
    return at > from;
  };
  const stop = (): Stop => ({ at, expected: 'a digit' });
  if (text[at] === '-') at += 1;
  // No digit follows a leading zero: what comes behind it is judged as what follows a number.
  if (text[at] === '0') at += 1;
  else if (!digits()) return stop();
  if (text[at] === '.') {
    at += 1;
    if (!digits()) return stop();
  }
  if (text[at] === 'e' || text[at] === 'E') {
    at += 1;
    if (text[at] === '+' || text[at] === '-') at += 1;
    if (!digits()) return stop();
  }
  return at;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isHexDigit = (code: number): boolean => isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isNewline = (code: number): boolean => code === 0x0a;
/** The second half of a pair is no character of its own. */
const isCharacter = (code: number): boolean => code < 0xdc00 || code > 0xdfff;

function count(text: string, counts: (code: number) => boolean, from: number): number {
  let total = 0;
  for (let at = from; at < text.length; at += 1) if (counts(text.charCodeAt(at))) total += 1;
  return total;
}
