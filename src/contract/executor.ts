// What carries out a call: how the runtime sees a pool of replicas.

import type { InferenceError } from '../core/errors.ts';
import type { CancelReason } from '../core/cancellation.ts';
import type { CallFacts, CallUsage, ReplyHead } from './thread.ts';
import type { MethodName } from './methods.ts';

/** A call to be started on a replica. */
export interface CallInput {
  readonly method: MethodName;
  /** `bytes` is transferred: unusable for the caller afterwards. */
  readonly body: { readonly kind: 'json' | 'bytes'; readonly bytes: Uint8Array } | undefined;
  readonly request: CallFacts;
}

/** What a running call tells. All callbacks come in order; exactly one of `end` and `fail` comes, and nothing after it. */
export interface CallObserver {
  head(head: ReplyHead): void;
  chunk(bytes: Uint8Array, events: number): void;
  end(usage: CallUsage | undefined): void;
  /** `framed`: the error is already written in the stream. */
  fail(error: InferenceError, framed: boolean): void;
}

/** A call on a replica's thread. */
export interface RunningCall {
  /** Rung 1 of the ladder at once; the replica climbs the rest by itself. Idempotent. The observer hears nothing more. */
  cancel(reason: CancelReason): void;
  /** The client took `bytes` more of the stream. */
  credit(bytes: number): void;
  /** Resolves when the thread is done with the call, so that its place is free again. Never rejects. */
  readonly released: Promise<void>;
}
