// Turns tokens into text as they come. A token may end inside a character: its bytes wait here until the rest arrives.

import type { Tokenizer } from './tokenizer.ts';

// Decoders treat the first token of a text differently (a leading space), so some context goes before what is new.
const contextTokens = 4;
// Decoding starts anew from the context beyond this many tokens, so that a token costs the same late in a long text.
const windowTokens = 24;
const replacement = '\uFFFD';

/** Text of one sequence. Special tokens are not shown. */
export class Detokenizer {
  readonly #tokenizer: Pick<Tokenizer, 'decode'>;
  #window: number[];
  /** Characters of the window's text that are out, or belong to the prompt. */
  #given: number;

  /** `prompt`: what the new tokens continue; its text is not repeated. */
  constructor(tokenizer: Pick<Tokenizer, 'decode'>, prompt: readonly number[]) {
    this.#tokenizer = tokenizer;
    this.#window = prompt.slice(-contextTokens);
    this.#given = settled(this.#text()).length;
  }

  /** The text that is certain now: maybe empty, never part of a character. */
  push(token: number): string {
    this.#window.push(token);
    const text = this.#text();
    const certain = settled(text);
    const fresh = certain.slice(this.#given);
    this.#given = Math.max(this.#given, certain.length);
    if (this.#window.length > windowTokens && certain.length === text.length) {
      this.#window = this.#window.slice(-contextTokens);
      this.#given = this.#text().length;
    }
    return fresh;
  }

  #text(): string {
    return this.#tokenizer.decode(this.#window, { skipSpecialTokens: true });
  }
}

// Bytes of an unfinished character decode to replacement characters at the end. Bytes that never become one stay hidden until
// something valid follows, and are dropped with the end of the text.
function settled(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === replacement) end -= 1;
  return text.slice(0, end);
}
