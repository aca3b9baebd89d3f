// Free text until it says that a call begins; from there on the constraint of calls holds.

import type { Constraint, GrammarConstraint } from '../grammar/constraint.ts';
import { partialEnd } from './partial-end.ts';

export interface Trigger {
  readonly text: string;
  /** What the grammar has after the trigger, whatever is called. */
  readonly next: string;
  /** Every token that may bring the end of the trigger, and its text. */
  readonly enders: readonly { readonly id: number; readonly text: string }[];
}

/** Owns: the constraint of calls. */
export class TriggeredConstraint implements Constraint {
  readonly #calls: GrammarConstraint;
  readonly #trigger: Trigger;
  readonly #textOf: (token: number) => string;
  /** The end of the text, as far as the trigger begins with it. */
  #held = '';
  #begun: Promise<boolean> | undefined;

  constructor(calls: GrammarConstraint, trigger: Trigger, textOf: (token: number) => string) {
    this.#calls = calls;
    this.#trigger = trigger;
    this.#textOf = textOf;
  }

  get isIdle(): boolean {
    return this.#begun === undefined;
  }

  apply(logits: Float32Array): void | Promise<void> {
    if (this.#begun !== undefined) return this.#applyCalls(this.#begun, logits);
    const { text: trigger, next, enders } = this.#trigger;
    // A token may hold the end of the trigger and more. Where no call goes on like that, it would be a call that is none.
    for (const { id, text } of enders) {
      const seen = this.#held + text;
      const at = seen.indexOf(trigger);
      if (at >= 0 && !next.startsWith(seen.slice(at + trigger.length))) logits[id] = Number.NEGATIVE_INFINITY;
    }
  }

  accept(token: number): void {
    if (this.#begun === undefined) this.#watch(token);
    else this.#calls.accept(token);
  }

  close(): void {
    this.#calls.close();
  }

  #watch(token: number): void {
    const { text: trigger } = this.#trigger;
    const seen = this.#held + this.#textOf(token);
    const at = seen.indexOf(trigger);
    this.#held = seen.slice(seen.length - partialEnd(seen, trigger));
    if (at < 0) return;
    this.#begun = this.#calls.acceptText(seen.slice(at));
    // Whoever applies it next is told; a text that ends before leaves no one to tell.
    this.#begun.catch(() => undefined);
  }

  async #applyCalls(begun: Promise<boolean>, logits: Float32Array): Promise<void> {
    if (!(await begun)) throw new Error('expected the beginning of a call to fit the grammar of calls');
    await this.#calls.apply(logits);
  }
}
