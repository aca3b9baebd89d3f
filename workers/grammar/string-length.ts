// Counts the JSON string that is being written, and takes the tokens out of a mask that would make it too long or end it too soon.

import type { StringLength } from './side-rules.ts';

/** What each token adds to a string. */
interface Additions {
  /** Characters up to the closing quote, or to the end. */
  readonly characters: Uint16Array;
  readonly isClosed: Uint8Array;
  /** 1: the token ends behind the backslash of an escape. */
  readonly isEscaping: Uint8Array;
}

/** What there is to know about a vocabulary, once. */
export class StringAdditions {
  readonly #plain: Additions;
  /** After a token that ended behind a backslash. */
  readonly #escaped: Additions;
  readonly longest: number;

  /** `tokens` have one character per byte. */
  constructor(tokens: readonly string[]) {
    this.#plain = additions(tokens, false);
    this.#escaped = additions(tokens, true);
    this.longest = this.#plain.characters.reduce((most, characters) => Math.max(most, characters), 0) + 1;
  }

  of(isEscaping: boolean): Additions {
    return isEscaping ? this.#escaped : this.#plain;
  }
}

export class CountedString {
  readonly #additions: StringAdditions;
  readonly #limits: StringLength;
  #characters = 0;
  #isEscaping = false;

  constructor(additions: StringAdditions, limits: StringLength) {
    this.#additions = additions;
    this.#limits = limits;
  }

  /** False when it has closed the string. */
  add(bytes: string): boolean {
    const added = countString(bytes, this.#isEscaping);
    this.#characters += added.characters;
    this.#isEscaping = added.isEscaping;
    return !added.isClosed;
  }

  /** Shapes: mask [tokens / 32], one bit a token. */
  limit(mask: Int32Array): void {
    const { least, most } = this.#limits;
    const before = this.#characters;
    if (before >= least && before + this.#additions.longest <= most) return;
    const { characters, isClosed, isEscaping } = this.#additions.of(this.#isEscaping);
    for (let token = 0; token < characters.length; token += 1) {
      const after = before + (characters[token] ?? 0);
      const isTooShort = isClosed[token] === 1 && after < least;
      // An escape that has begun will be one character.
      if (isTooShort || after + (isEscaping[token] ?? 0) > most) forbid(mask, token);
    }
  }
}

export function forbid(mask: Int32Array, token: number): void {
  const word = token >>> 5;
  mask[word] = (mask[word] ?? 0) & ~(1 << (token & 31));
}

function additions(tokens: readonly string[], isEscaping: boolean): Additions {
  const counted = tokens.map((bytes) => countString(bytes, isEscaping));
  return {
    characters: Uint16Array.from(counted, ({ characters }) => characters),
    isClosed: Uint8Array.from(counted, ({ isClosed }) => (isClosed ? 1 : 0)),
    isEscaping: Uint8Array.from(counted, (one) => (one.isEscaping ? 1 : 0)),
  };
}

/** Escapes are of two characters here, and count as one. Characters are code points, as JSON Schema has it. */
function countString(bytes: string, isEscaping: boolean): { characters: number; isClosed: boolean; isEscaping: boolean } {
  let characters = 0;
  let escaping = isEscaping;
  for (const char of bytes) {
    if (!escaping && char === '"') return { characters, isClosed: true, isEscaping: false };
    if (!escaping && char === '\\') {
      escaping = true;
      continue;
    }
    escaping = false;
    // Not a byte that continues a character.
    if ((char.charCodeAt(0) & 0xc0) !== 0x80) characters += 1;
  }
  return { characters, isClosed: false, isEscaping: escaping };
}
