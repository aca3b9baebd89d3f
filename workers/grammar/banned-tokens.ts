// The tokens that would write what no text may have, also where its bytes come from several tokens.

import { patternText } from '../../src/core/pattern-text.ts';
import { RecentMap } from './recent-map.ts';
import { forbid } from './string-length.ts';

/**
 * Bytes that no UTF-8 has: longer than needed, half a surrogate pair, above the last code point. The library lets them pass, and whoever
 * decodes them gets more characters than were counted.
 */
export const illFormed = /\xe0[\x80-\x9f]|\xed[\xa0-\xbf]|\xf0[\x80-\x8f]|\xf4[\x90-\xbf]/;

/** Undefined where there are none. */
export function charactersPattern(codePoints: readonly number[]): RegExp | undefined {
  if (codePoints.length === 0) return undefined;
  const characters = codePoints.map((codePoint) => Buffer.from(String.fromCodePoint(codePoint)).toString('latin1'));
  return new RegExp(characters.map(patternText).join('|'));
}

export class BannedTokens {
  readonly #pattern: RegExp;
  /** Alone, whatever comes before. */
  readonly #always: readonly number[];
  /** Those that may complete a character. */
  readonly #continuing: readonly { readonly token: number; readonly bytes: string }[];
  readonly #after = new Map<string, readonly number[]>();

  /** `tokens` have one character per byte, and so has the pattern. */
  constructor(tokens: readonly string[], pattern: RegExp) {
    this.#pattern = pattern;
    const all = tokens.map((bytes, token) => ({ token, bytes }));
    this.#always = all.filter(({ bytes }) => pattern.test(bytes)).map(({ token }) => token);
    this.#continuing = all.filter(({ bytes }) => /^[\x80-\xbf]/.test(bytes));
  }

  /** `begun`: see {@link begunCharacter}. Shapes: mask [tokens / 32], one bit a token. */
  limit(mask: Int32Array, begun: string): void {
    for (const token of this.#always) forbid(mask, token);
    if (begun === '') return;
    let banned = this.#after.get(begun);
    if (banned === undefined) {
      banned = this.#continuing.filter(({ bytes }) => this.#pattern.test(begun + bytes)).map(({ token }) => token);
      this.#after.set(begun, banned);
    }
    for (const token of banned) forbid(mask, token);
  }
}

/** The tokens for each set of characters: all are looked through for one, and the texts of a grammar have the same. */
export class BannedCharacters {
  readonly #tokens: readonly string[];
  readonly #known: RecentMap<BannedTokens>;

  /** `most`: sets that are kept. */
  constructor(tokens: readonly string[], most: number) {
    this.#tokens = tokens;
    this.#known = new RecentMap(most);
  }

  /** Undefined where there are none. */
  of(codePoints: readonly number[]): BannedTokens | undefined {
    const pattern = charactersPattern(codePoints);
    if (pattern === undefined) return undefined;
    const banned = this.#known.get(pattern.source) ?? new BannedTokens(this.#tokens, pattern);
    this.#known.set(pattern.source, banned);
    return banned;
  }
}

/** The bytes at the end that are not yet a whole character: at most three. */
export function begunCharacter(bytes: string): string {
  const [begun] = /(?:[\xc0-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf7][\x80-\xbf]{0,2})$/.exec(bytes) ?? [''];
  return begun;
}
