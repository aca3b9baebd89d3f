// Two forms a text may have: both are open until a token decides for one.

import type { Constraint } from '../grammar/constraint.ts';

interface Branch {
  readonly constraint: Constraint;
  /** After its last `apply`. */
  logits: Float32Array;
}

/** Owns: both constraints. */
export class EitherConstraint implements Constraint {
  #open: readonly Branch[];

  constructor(first: Constraint, second: Constraint) {
    this.#open = [first, second].map((constraint) => ({ constraint, logits: new Float32Array(0) }));
  }

  async apply(logits: Float32Array): Promise<void> {
    const [first, second] = this.#open;
    if (first === undefined) return;
    if (second === undefined) return first.constraint.apply(logits);
    for (const branch of this.#open) branch.logits = logits.slice();
    await Promise.all(this.#open.map((branch) => branch.constraint.apply(branch.logits)));
    for (let token = 0; token < logits.length; token += 1) logits[token] = Math.max(first.logits[token] ?? 0, second.logits[token] ?? 0);
  }

  accept(token: number): void {
    if (this.#open.length > 1) {
      const fits = ({ logits }: Branch): boolean => logits[token] !== Number.NEGATIVE_INFINITY;
      for (const branch of this.#open) if (!fits(branch)) branch.constraint.close();
      this.#open = this.#open.filter(fits);
    }
    for (const { constraint } of this.#open) constraint.accept(token);
  }

  close(): void {
    for (const { constraint } of this.#open) constraint.close();
  }
}
