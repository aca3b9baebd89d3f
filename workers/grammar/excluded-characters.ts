// Keeps single characters out of a text, also where a token has only some of their bytes.

import { forbid } from './string-length.ts';

export class ExcludedCharacters {
  readonly #tokens: readonly string[];
  readonly #excluded: readonly string[];
  /** Tokens that would complete an excluded character, by the bytes that the text ends with. */
  readonly #banned = new Map<string, readonly number[]>();
  #tail = '';

  /** `tokens` have one character per byte. */
  constructor(tokens: readonly string[], codePoints: readonly number[]) {
    this.#tokens = tokens;
    this.#excluded = codePoints.map((codePoint) => Buffer.from(String.fromCodePoint(codePoint)).toString('latin1'));
  }

  add(bytes: string): void {
    const text = this.#tail + bytes;
    // The longest end of the text that an excluded character begins with; it has at most 4 bytes.
    const ends = [3, 2, 1].map((length) => text.slice(-length)).filter((end) => end.length > 0);
    this.#tail = ends.find((end) => this.#excluded.some((character) => character.startsWith(end))) ?? '';
  }

  /** Shapes: mask [tokens / 32], one bit a token. */
  limit(mask: Int32Array): void {
    for (const token of this.#bannedAfter(this.#tail)) forbid(mask, token);
  }

  #bannedAfter(tail: string): readonly number[] {
    const known = this.#banned.get(tail);
    if (known !== undefined) return known;
    const banned = [...this.#tokens.keys()].filter((token) => {
      const text = tail + (this.#tokens[token] ?? '');
      return this.#excluded.some((character) => text.includes(character));
    });
    this.#banned.set(tail, banned);
    return banned;
  }
}
