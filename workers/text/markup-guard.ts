// Keeps what people wrote from being read as the model's own markup: a text that spells a special token is only a text.

import { patternText } from '../../src/core/pattern-text.ts';

// Private characters of Unicode, which no template writes and none trims. The first one begins a sign, the second says which.
const sign = '\uE000';
const itself = `${sign}\uE001`;
const cut = `${sign}\uE002`;
const end = `${sign}\uE003`;

/**
 * A tokenizer reads a special token wherever its text stands. So such texts are cut behind their first character before a template
 * sees them, and the halves are encoded apart: each is ordinary characters. Everything else is encoded as it always was.
 */
export class MarkupGuard {
  readonly #begin: RegExp | undefined;

  /** `texts` of the tokens to keep out. Those of one character cannot be cut. */
  constructor(texts: readonly string[]) {
    const known = texts.filter((text) => text.length > 1).map(patternText);
    // Looks ahead, so that a text which begins inside another one is found too.
    this.#begin = known.length === 0 ? undefined : new RegExp(`(?=${known.join('|')}).`, 'gsu');
  }

  /** The text for the template. */
  text(text: string): string {
    const own = text.replaceAll(sign, itself);
    return this.#begin === undefined ? own : own.replaceAll(this.#begin, `$&${cut}`);
  }

  /** The same with all texts in an object, names of members too. */
  object(value: object): object {
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [this.text(name), this.#value(member)]));
  }

  /** A text whose end `before` finds in what the template made of it. */
  marked(text: string): string {
    return `${this.text(text)}${end}`;
  }

  /** What is rendered before the end of a marked text; undefined where the template left that out. */
  before(rendered: string): string | undefined {
    const at = rendered.lastIndexOf(end);
    return at < 0 ? undefined : rendered.slice(0, at);
  }

  /** What was rendered, in pieces that are to be encoded apart: one, where nothing was cut. */
  pieces(rendered: string): readonly string[] {
    return rendered.split(cut).map((piece) => piece.replaceAll(itself, sign));
  }

  #value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    return typeof value === 'object' && value !== null ? this.object(value) : value;
  }
}
