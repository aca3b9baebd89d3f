// What a grammar says beside its EBNF, because the library holds it slowly or not at all: lengths of strings, and characters left out.

import { ebnfCode } from './grammar-problem.ts';

/** Of what comes from a mark to the closing quote of a JSON string, or to the end of the whole text. Units: code points. */
export interface StringLength {
  readonly least: number;
  /** Infinity: none. */
  readonly most: number;
  readonly until: 'quote' | 'end';
}

export interface SideRuleData {
  /** By the number of their mark. */
  readonly lengths: readonly StringLength[];
  readonly excluded: readonly number[];
}

/** Most different lengths in one grammar. */
const mostLengths = 63;

/**
 * Each mark is a token of its own behind the vocabulary, of one private character that no one writes: a grammar that expects it says that
 * here a string of that length begins. The last one is in no grammar: where it is allowed, any character is.
 */
export const markCount = mostLengths + 1;

export const firstMark = 0xf0000;

export function markText(number: number): string {
  return String.fromCodePoint(firstMark + number);
}

export function isMark(codePoint: number): boolean {
  return codePoint >= firstMark && codePoint < firstMark + markCount;
}

/** Collects while a grammar is written. */
export class SideRules implements SideRuleData {
  readonly lengths: StringLength[] = [];
  readonly #excluded = new Set<number>();

  get excluded(): readonly number[] {
    return [...this.#excluded];
  }

  exclude(codePoints: readonly number[]): void {
    for (const codePoint of codePoints) this.#excluded.add(codePoint);
  }

  /** What the EBNF has where such a length begins; undefined when there are too many. */
  lengthMark(asked: StringLength): string | undefined {
    const known = this.lengths.findIndex(({ least, most, until }) => least === asked.least && most === asked.most && until === asked.until);
    if (known >= 0) return markText(known);
    if (this.lengths.length === mostLengths) return undefined;
    this.lengths.push(asked);
    return markText(this.lengths.length - 1);
  }
}

/**
 * The same JSON with excluded characters of literals as escapes, which the exclusion does not see. `ebnf` writes every character beyond ASCII
 * as `\\U` and eight digits.
 */
export function withEscapes(ebnf: string, excluded: readonly number[]): string {
  return excluded.reduce((text, code) => text.replaceAll(ebnfCode(code), jsonEscape(code)), ebnf);
}

/** Whether a literal has a character that is excluded elsewhere. */
export function hasExcluded(ebnf: string, excluded: readonly number[]): boolean {
  return excluded.some((code) => ebnf.includes(ebnfCode(code)));
}

function jsonEscape(code: number): string {
  const char = String.fromCodePoint(code);
  return Array.from({ length: char.length }, (_, at) => `\\\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}
