// What a grammar says beside its EBNF, because the library holds it slowly or not at all: lengths of strings, and characters left out.

/** Units: code points. */
export interface StringLength {
  readonly least: number;
  /** Infinity: none. */
  readonly most: number;
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

export function markText(number: number): string {
  return String.fromCodePoint(0xf0000 + number);
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

  /** What the EBNF has at the beginning of such a string; undefined when there are too many. */
  lengthMark(least: number, most: number): string | undefined {
    const known = this.lengths.findIndex((length) => length.least === least && length.most === most);
    if (known >= 0) return markText(known);
    if (this.lengths.length === mostLengths) return undefined;
    this.lengths.push({ least, most });
    return markText(this.lengths.length - 1);
  }
}
