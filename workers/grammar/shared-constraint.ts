// The engine's side of one constrained text. The mask is computed on the mask thread while the graph runs its step.

import type { Cancellable } from '../../src/contract/model.ts';
import { InferenceError } from '../../src/core/errors.ts';
import type { GrammarConstraint } from './constraint.ts';
import type { Accepted } from './grammar-messages.ts';

export interface ConstraintLink {
  accept(what: Accepted): void;
  close(): void;
  again(call: Cancellable): Promise<GrammarConstraint>;
}

/** Told by the engine when masks arrive. */
export class SharedConstraint implements GrammarConstraint {
  readonly #mask: Int32Array;
  readonly #link: ConstraintLink;
  #pending = 1;
  #accepted = true;
  #failure: InferenceError | undefined;
  #ended = false;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(mask: SharedArrayBuffer, link: ConstraintLink) {
    this.#mask = new Int32Array(mask);
    this.#link = link;
  }

  apply(logits: Float32Array): Promise<void> | void {
    if (this.#pending === 0 || this.#failure !== undefined) return this.#mark(logits);
    return this.#settled().then(() => this.#mark(logits));
  }

  accept(token: number): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    this.#pending += 1;
    this.#link.accept(token);
  }

  async acceptText(text: string): Promise<boolean> {
    await this.ready();
    this.#pending += 1;
    this.#link.accept(text);
    await this.ready();
    return this.#accepted;
  }

  again(call: Cancellable): Promise<GrammarConstraint> {
    return this.#link.again(call);
  }

  /** Waits for the mask. Throws: why there will be none. */
  async ready(): Promise<void> {
    if (this.#pending > 0 && this.#failure === undefined) await this.#settled();
    this.#throwIfFailed();
  }

  /** Another thread makes all again, and answers once. */
  restarted(): void {
    this.#pending = 1;
  }

  arrived(isAccepted: boolean, isEnded: boolean): void {
    this.#pending -= 1;
    this.#accepted = isAccepted;
    this.#ended = isEnded;
    if (this.#pending === 0) this.#wake();
  }

  fail(error: InferenceError): void {
    this.#failure ??= error;
    this.#wake();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#link.close();
    this.fail(new InferenceError('replica_lost', 'the constraint was closed', { retryAfterMs: 1000 }));
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #mark(logits: Float32Array): void {
    this.#throwIfFailed();
    if (!this.#accepted) throw new InferenceError('internal_error', 'expected a token that the mask allows');
    if (this.#ended) return;
    for (let word = 0; word < this.#mask.length; word += 1) {
      const bits = this.#mask[word] ?? 0;
      const from = word * 32;
      // Most words are all forbidden or all allowed.
      if (bits === -1) continue;
      if (bits === 0) logits.fill(Number.NEGATIVE_INFINITY, from, from + 32);
      else
        for (let bit = 0; bit < 32; bit += 1)
          if (((bits >>> bit) & 1) === 0 && from + bit < logits.length) logits[from + bit] = Number.NEGATIVE_INFINITY;
    }
  }
}
