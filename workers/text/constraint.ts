// What may hold a text to a form: it forbids tokens before each choice, and learns what was chosen.

import type { OutputFormat } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import type { ToolGrammar } from '../grammar/tool-grammar.ts';

/** The state of one text. Owns: what `close` frees. */
export interface Constraint {
  /** True while any text may follow, so that the request alone decides whether an end token ends it. Absent: never. */
  readonly isIdle?: boolean;
  /**
   * Sets the logits of forbidden tokens to -Infinity. Only end tokens left means that the text has to end here; nothing left
   * ends it too. Shapes: logits [vocabulary].
   */
  apply(logits: Float32Array): void | Promise<void>;
  /** The token that was chosen; never an end token, but while idle. */
  accept(token: number): void;
  /** Idempotent. */
  close(): void;
}

/** A constraint by a grammar. */
export interface GrammarConstraint extends Constraint {
  /** Text that is there already. False: it does not fit, and nothing else may follow but `close`. */
  acceptText(text: string): Promise<boolean>;
}

/** Throws: InferenceError with the path of the wrong part below `param`. */
export type OpenConstraint = (format: OutputFormat | ToolGrammar, param: string, call: Cancellable) => Promise<GrammarConstraint>;
