// What crosses between the main thread and the thread of a replica. Plain data only: it is structured-cloned.

import type { MessagePort } from 'node:worker_threads';
import type { CancelReason } from '../core/cancellation.ts';
import type { ErrorRecord } from '../core/errors.ts';
import type { ModelCapabilities } from './capabilities.ts';
import type { ModelConfig } from './config.ts';
import type { MethodName } from './methods.ts';

/** A model as its thread needs it. */
export interface ModelDescriptor {
  readonly config: ModelConfig;
  /** Absolute path of the model folder. */
  readonly dir: string;
  readonly environment: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Intra-op threads per replica. */
  readonly threads: number;
}

/** What the class turned out to have, told by the first replica that loads it. */
export interface ModelDescription {
  readonly methods: readonly MethodName[];
  /** `static schemas`, as JSON Schema. */
  readonly schemas: Readonly<Partial<Record<MethodName, MethodSchemas>>>;
  /** Absent: only known after the load. */
  readonly capabilities?: ModelCapabilities;
  readonly hasIsHealthy: boolean;
  /** Has `preprocess` or `postprocess`, which run beside another call's `predict`. */
  readonly hasStages: boolean;
}

export interface MethodSchemas {
  readonly input?: object;
  readonly output?: object;
}

/** A task of Piscina: what its `run` takes. The promise of a `call` settles when the model is really done with it. */
export type HostTask =
  /** Construct and inspect; resolves with a {@link ModelDescription}. `port` then carries all calls of this replica. */
  | { readonly kind: 'construct'; readonly model: ModelDescriptor; readonly port: MessagePort; readonly shared: SharedArrayBuffer }
  /** `setupEnvironment`, then `load` with its retries; resolves with {@link ModelCapabilities}. */
  | { readonly kind: 'load' }
  | { readonly kind: 'call'; readonly call: CallMessage }
  /** Resolves with a boolean. */
  | { readonly kind: 'health' }
  /** `unload`. */
  | { readonly kind: 'unload' };

/** What a task resolves with. Never a rejection for a model's own failure, so that no error loses its class on the way. */
export type TaskOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorRecord };

export interface CallMessage {
  /** Unique within the replica's life. */
  readonly callId: number;
  /** Index of the call's cancel flag in the shared memory. */
  readonly slot: number;
  readonly method: MethodName;
  /** The request body; transferred. Undefined where there is none. */
  readonly body: { readonly kind: 'json' | 'bytes'; readonly bytes: Uint8Array } | undefined;
  readonly request: CallFacts;
}

/** Facts of the request that the model or the dialect's framing needs. */
export interface CallFacts {
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly priority: number;
  readonly apiKeyName: string | null;
  /** The served model id, echoed in replies. */
  readonly model: string;
  /** Gather a stream into one JSON value (`Accept: application/json` on `predict`). */
  readonly gather: boolean;
}

/** From the replica's thread, on its port. A call sends one `whole`, or a `head`, `chunk`s and an `end`; or a `fail`. */
export type FromHost =
  | { readonly type: 'whole'; readonly callId: number; readonly head: ReplyHead; readonly bytes: Uint8Array; readonly usage?: CallUsage }
  | { readonly type: 'head'; readonly callId: number; readonly head: ReplyHead }
  /** `events`: how many server-sent events the bytes hold; an in-stream error continues their count. */
  | { readonly type: 'chunk'; readonly callId: number; readonly bytes: Uint8Array; readonly events: number }
  | { readonly type: 'end'; readonly callId: number; readonly usage?: CallUsage }
  /** `framed`: the dialect has already written the error into the stream; the main thread only ends it. */
  | { readonly type: 'fail'; readonly callId: number; readonly error: ErrorRecord; readonly framed: boolean }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

/** To the replica's thread, on its port. */
export type ToHost =
  | { readonly type: 'cancel'; readonly callId: number; readonly reason: CancelReason }
  /** The client took this many bytes more. */
  | { readonly type: 'credit'; readonly callId: number; readonly bytes: number };

export interface ReplyHead {
  readonly status: number;
  /** A header with several values is sent once for each. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** How the main thread has to treat the bytes. `sse` streams take heartbeats and in-stream errors, `raw` ones neither. */
  readonly shape: 'whole' | 'sse' | 'raw';
  /** Of a stream of `responses`: its failure from outside the thread repeats them in `response.failed`. */
  readonly response?: ResponseFacts;
}

/** What identifies a response object. */
export interface ResponseFacts {
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
}

/** Token counts for the log line. */
export interface CallUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent: the model tells of no cache. */
  readonly cachedTokens?: number;
}

/** Bytes of a stream a replica may send ahead of what the client took, before the model is paused. */
export const streamWindowBytes = 65_536;
