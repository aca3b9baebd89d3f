// A constraint by hand: it lets certain texts through, token by token.

import { expect } from 'vitest';
import type { GrammarConstraint } from '../../../workers/grammar/constraint.ts';

/** Allows the tokens of one of the sentences, whose beginnings are what was accepted so far. */
export class FakeConstraint implements GrammarConstraint {
  readonly accepted: number[] = [];
  readonly texts: string[] = [];
  /** Those that were opened again. */
  readonly others: FakeConstraint[] = [];
  closed = 0;
  readonly #sentences: readonly (readonly number[])[];
  readonly #takes: (text: string) => boolean;

  constructor(sentences: readonly (readonly number[])[], takes: (text: string) => boolean = () => true) {
    this.#sentences = sentences;
    this.#takes = takes;
  }

  async apply(logits: Float32Array): Promise<void> {
    expect(this.closed).toBe(0);
    const at = this.accepted.length;
    const fits = this.#sentences.filter((sentence) => this.accepted.every((token, index) => sentence[index] === token));
    const allowed = new Set(fits.map((sentence) => sentence[at]));
    for (const token of logits.keys()) if (!allowed.has(token)) logits[token] = Number.NEGATIVE_INFINITY;
  }

  accept(token: number): void {
    expect(this.closed).toBe(0);
    this.accepted.push(token);
  }

  async acceptText(text: string): Promise<boolean> {
    this.texts.push(text);
    return this.#takes(text);
  }

  async again(): Promise<GrammarConstraint> {
    const other = new FakeConstraint(this.#sentences, this.#takes);
    this.others.push(other);
    return other;
  }

  close(): void {
    this.closed += 1;
  }
}

/** Tokens that a constraint allows next, of `count`. */
export async function allowedBy(constraint: { apply(logits: Float32Array): void | Promise<void> }, count: number): Promise<number[]> {
  const logits = new Float32Array(count);
  await constraint.apply(logits);
  return [...logits.keys()].filter((token) => logits[token] === 0);
}
