// What may hold a text to a form: it forbids tokens before each choice, and learns what was chosen.

import type { Cancellable } from '../../src/contract/model.ts';

/** The state of one text. Owns: what `close` frees. */
export interface Constraint {
  /** True while any text may follow, so that the request alone decides whether an end token ends it. Absent: never. */
  readonly isIdle?: boolean;
  /**
   * Sets the logits of forbidden tokens to -Infinity. Only end tokens left means that the text has to end here; nothing left
   * ends it too. Returns at once where it is known already. Shapes: logits [vocabulary]. Throws: InferenceError.
   */
  apply(logits: Float32Array): void | Promise<void>;
  /** The token that was chosen, which `apply` had allowed; never an end token, but while idle. */
  accept(token: number): void;
  /** Idempotent. */
  close(): void;
}

/** A constraint by a grammar. */
export interface GrammarConstraint extends Constraint {
  /** Text that is there already. False: it does not fit, and nothing else may follow but `close`. Throws: InferenceError. */
  acceptText(text: string): Promise<boolean>;
  /**
   * Another text of the same grammar, from its beginning, also when this one is closed. Never refused for lack of room: it is part
   * of what was let in with this one. Throws: what opening this one throws.
   */
  again(call: Cancellable): Promise<GrammarConstraint>;
}
