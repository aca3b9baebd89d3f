// How much may be written for one grammar, counted while it is written: a small schema can ask for a grammar that fills the memory.

import { GrammarProblem } from './grammar-problem.ts';

/** A larger one would hold the thread for long. Units: characters. */
const largestGrammar = 256 * 1024;

export class GrammarBudget {
  #left: number;

  constructor(characters = largestGrammar) {
    this.#left = characters;
  }

  /** Units: characters. */
  get left(): number {
    return this.#left;
  }

  /** Throws: GrammarProblem at `path` when it is used up. */
  spend(characters: number, path: string): void {
    this.#left -= characters;
    // Not in words: where it is used up says nothing of what to change.
    if (this.#left < 0) throw new GrammarProblem('unsupported_value', 'expected a smaller schema or grammar', undefined, path);
  }

  /** The text, once it is paid for. */
  paid(text: string, path: string): string {
    this.spend(text.length, path);
    return text;
  }
}
