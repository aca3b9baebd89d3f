// A call as it reaches the runtime: checked by its dialect, not yet by its model.

import type { CallObserver } from '../contract/executor.ts';
import type { MethodName } from '../contract/methods.ts';
import type { CallFacts } from '../contract/thread.ts';

export interface Submission {
  readonly method: MethodName;
  /** The model as asked for; undefined where the request names none. */
  readonly model: string | undefined;
  /** The parsed body, for the model's own schema. Undefined for bytes. */
  readonly body: unknown;
  /** The body as it came; transferred to the replica. */
  readonly bytes: Uint8Array | undefined;
  readonly bodyKind: 'json' | 'bytes';
  readonly facts: Omit<CallFacts, 'model'>;
  /** Its reason is the {@link InferenceError} the call ends with. */
  readonly signal: AbortSignal;
  readonly observer: SubmissionObserver;
}

export interface SubmissionObserver extends CallObserver {
  /** Tools of the request that the call goes on without, before it starts. */
  droppedTools?(names: readonly string[]): void;
  /** The call was accepted and waits. One that finds room at once is only `started`. */
  queued?(): void;
  /** The call left the queue after `queueMs` for a replica of `model`. */
  started?(model: string, queueMs: number): void;
  /** After a head of a stream, which else waits for its first bytes: they may be long in coming. */
  flushHead?(): void;
}
