// What a dialect does for one route. The main thread checks bodies with it, the replica's thread frames results.

import type { InferenceError } from '../core/errors.ts';
import type { Family, MethodName } from './methods.ts';
import type { CallUsage, ReplyHead } from './thread.ts';

/** A body that passed its schema: nulls of optional fields are gone, nothing is coerced. */
export type CheckedBody = Readonly<Record<string, unknown>>;

export interface RouteDialect {
  readonly method: MethodName;
  readonly family: Family;
  /** JSON Schema of the body, for `/openapi.json`. */
  readonly inputSchema: object;
  readonly outputSchema: object;
  /** JSON Schema of one event of its stream. */
  readonly chunkSchema?: object;
  /**
   * Checks a parsed body against the schema, and returns it without nulls. Pure and idempotent: the main thread
   * calls it to refuse, the replica's thread to get the body. Throws: InferenceError with the path in `param`.
   */
  check(body: unknown): CheckedBody;
  /** Frames what the method returned. */
  frame(result: unknown, context: FrameContext): Promise<Framed>;
}

export interface FrameContext {
  readonly body: CheckedBody;
  /** The served model id. */
  readonly model: string;
  readonly requestId: string;
  /** Unix seconds. */
  readonly created: number;
  readonly gather: boolean;
  /** Hold what a model wrote in the route's own form to the route's schemas: in development, where a slip is the author's to see. */
  readonly checkResults: boolean;
  /** Tells the author of the model of what is sent and may not be meant. Never text of a user. */
  readonly warn: (message: string) => void;
}

/** A finished reply, or a stream whose first frame is already there, so that early errors kept their status. */
export type Framed =
  | { readonly kind: 'whole'; readonly head: ReplyHead; readonly bytes: Uint8Array; readonly usage?: CallUsage }
  | { readonly kind: 'stream'; readonly head: ReplyHead; readonly frames: AsyncGenerator<Frame, CallUsage | undefined, void> };

/** A piece of a stream and how many server-sent events it holds (0 for raw streams). */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly events: number;
}

/**
 * Thrown by `frames` after the framer itself wrote the error into the stream: the stream only has to end now.
 * Other errors are written by whoever holds the stream, with the family's error frame.
 */
export class FramedError extends Error {
  override readonly name = 'FramedError';
  readonly error: InferenceError;
  constructor(error: InferenceError) {
    super(error.message);
    this.error = error;
  }
}
