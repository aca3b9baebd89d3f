// One text on the grammar thread: the library's matcher, and what the grammar says beside its EBNF.

import type { GrammarMatcher } from '@mlc-ai/web-xgrammar';
import { type BannedCharacters, type BannedTokens, begunCharacter } from './banned-tokens.ts';
import { markCount, type SideRuleData } from './side-rules.ts';
import { CountedString, type StringAdditions } from './string-length.ts';

export interface TokenTable {
  /** One character per byte. */
  readonly bytes: readonly string[];
  readonly additions: StringAdditions;
  /** Those that no text may have. */
  readonly illFormed: BannedTokens;
  readonly characters: BannedCharacters;
  /** Tokens that end a text. */
  readonly stopIds: readonly number[];
  /** Token of the first mark; a multiple of 32. */
  readonly firstMark: number;
}

/** Owns: the matcher, freed by `close`. */
export class ConstrainedText {
  readonly #matcher: GrammarMatcher;
  readonly #table: TokenTable;
  readonly #side: SideRuleData;
  readonly #excluded: BannedTokens | undefined;
  #begun = '';
  #counted: CountedString | undefined;
  /** No mark is expected before the next token. */
  #isSettled: boolean;

  constructor(matcher: GrammarMatcher, table: TokenTable, side: SideRuleData) {
    this.#matcher = matcher;
    this.#table = table;
    this.#side = side;
    this.#isSettled = side.lengths.length === 0;
    this.#excluded = table.characters.of(side.excluded);
  }

  get isEnded(): boolean {
    return this.#matcher.isTerminated();
  }

  /** False: it may not come here. */
  async acceptToken(token: number): Promise<boolean> {
    if (!this.#isSettled) await this.#bits();
    return this.#matcher.acceptToken(token) && this.#add(this.#table.bytes[token] ?? '');
  }

  async acceptText(text: string): Promise<boolean> {
    for (const char of text) {
      if (!this.#isSettled) await this.#bits();
      if (this.#side.excluded.includes(char.codePointAt(0) ?? 0) || !this.#matcher._acceptString(char)) return false;
      if (!this.#add(Buffer.from(char).toString('latin1'))) return false;
    }
    return true;
  }

  /** The tokens that may come next. Shapes: [tokens / 32], one bit a token. */
  async mask(): Promise<Int32Array> {
    const bits = (await this.#bits()).subarray(0, this.#table.firstMark / 32);
    this.#counted?.limit(bits, this.#table.stopIds);
    this.#table.illFormed.limit(bits, this.#begun);
    this.#excluded?.limit(bits, this.#begun);
    return bits;
  }

  close(): void {
    this.#matcher.dispose();
  }

  /** False: it has a length that is not allowed. */
  #add(bytes: string): boolean {
    const counting = this.#counted?.add(bytes);
    if (counting === 'closed') this.#counted = undefined;
    this.#begun = begunCharacter(this.#begun + bytes);
    this.#isSettled = this.#side.lengths.length === 0;
    return counting !== 'wrong';
  }

  /** Takes a mark where one is expected, and begins to count. */
  async #bits(): Promise<Int32Array> {
    const bits = await this.#matcher.getNextTokenBitmask();
    this.#isSettled = true;
    const { firstMark, additions } = this.#table;
    const isAllowed = (number: number): boolean => (((bits[(firstMark + number) >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
    if (this.#side.lengths.length === 0 || isAllowed(markCount - 1)) return bits;
    // Of several branches the one that takes the longest string, since only one can be counted: the others are out from here on.
    const [first] = this.#side.lengths
      .map((length, number) => ({ length, number }))
      .filter(({ number }) => isAllowed(number))
      .sort((a, b) => b.length.most - a.length.most);
    if (first === undefined) return bits;
    this.#matcher.acceptToken(firstMark + first.number);
    this.#counted = new CountedString(additions, first.length);
    return this.#matcher.getNextTokenBitmask();
  }
}
