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
  /** Of text that is no JSON. */
  readonly #bare: Additions;
  readonly longest: number;

  /** `tokens` have one character per byte. */
  constructor(tokens: readonly string[]) {
    this.#plain = additions(tokens, (bytes) => countString(bytes, false));
    this.#escaped = additions(tokens, (bytes) => countString(bytes, true));
    this.#bare = additions(tokens, countText);
    this.longest = this.#bare.characters.reduce((most, characters) => Math.max(most, characters), 0) + 1;
  }

  of(until: StringLength['until'], isEscaping: boolean): Additions {
    if (until === 'end') return this.#bare;
    return isEscaping ? this.#escaped : this.#plain;
  }
}

/** A length being counted: it goes on, its string was closed, or it is not one that is allowed. */
export type Counting = 'on' | 'closed' | 'wrong';

export class CountedString {
  readonly #additions: StringAdditions;
  readonly #limits: StringLength;
  #characters = 0;
  #isEscaping = false;

  constructor(additions: StringAdditions, limits: StringLength) {
    this.#additions = additions;
    this.#limits = limits;
  }

  add(bytes: string): Counting {
    const { least, most, until } = this.#limits;
    const added = until === 'end' ? countText(bytes) : countString(bytes, this.#isEscaping);
    this.#characters += added.characters;
    this.#isEscaping = added.isEscaping;
    if (this.#characters > most || (added.isClosed && this.#characters < least)) return 'wrong';
    return added.isClosed ? 'closed' : 'on';
  }

  /** Shapes: mask [tokens / 32], one bit a token. `stopIds`: what ends the whole text. */
  limit(mask: Int32Array, stopIds: readonly number[]): void {
    const { least, most, until } = this.#limits;
    const before = this.#characters;
    if (until === 'end' && before < least) for (const stop of stopIds) forbid(mask, stop);
    if (before >= least && before + this.#additions.longest <= most) return;
    const { characters, isClosed, isEscaping } = this.#additions.of(until, this.#isEscaping);
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

interface Count {
  /** Code points, as JSON Schema has it. */
  readonly characters: number;
  readonly isClosed: boolean;
  readonly isEscaping: boolean;
}

function additions(tokens: readonly string[], count: (bytes: string) => Count): Additions {
  const counted = tokens.map(count);
  return {
    characters: Uint16Array.from(counted, ({ characters }) => characters),
    isClosed: Uint8Array.from(counted, ({ isClosed }) => (isClosed ? 1 : 0)),
    isEscaping: Uint8Array.from(counted, ({ isEscaping }) => (isEscaping ? 1 : 0)),
  };
}

function countText(bytes: string): Count {
  return { characters: [...bytes].filter(beginsCharacter).length, isClosed: false, isEscaping: false };
}

/** Escapes are of two characters here, and count as one. */
function countString(bytes: string, isEscaping: boolean): Count {
  let characters = 0;
  let escaping = isEscaping;
  for (const char of bytes) {
    if (!escaping && char === '"') return { characters, isClosed: true, isEscaping: false };
    if (!escaping && char === '\\') {
      escaping = true;
      continue;
    }
    escaping = false;
    if (beginsCharacter(char)) characters += 1;
  }
  return { characters, isClosed: false, isEscaping: escaping };
}

/** Not a byte that continues one. */
function beginsCharacter(byte: string): boolean {
  return (byte.charCodeAt(0) & 0xc0) !== 0x80;
}
