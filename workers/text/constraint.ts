// What may hold a text to a form: it forbids tokens before each choice, and learns what was chosen.

/** The state of one text. Owns: what `close` frees. */
export interface Constraint {
  /**
   * Sets the logits of forbidden tokens to -Infinity. Only end tokens left means that the text has to end here; nothing left
   * ends it too. Shapes: logits [vocabulary].
   */
  apply(logits: Float32Array): void | Promise<void>;
  /** The token that was chosen; never an end token. */
  accept(token: number): void;
  /** Idempotent. */
  close(): void;
}
