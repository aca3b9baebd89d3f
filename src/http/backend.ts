// What the HTTP room needs of the server behind it. The runtime satisfies it; tests bring a fake.

import type { CallObserver } from '../contract/executor.ts';
import type { MethodName } from '../contract/methods.ts';
import type { CallFacts, MethodSchemas } from '../contract/thread.ts';

/** A loaded model as clients may see it. */
export interface ModelView {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly state: 'loading' | 'ready' | 'failed' | 'unloading';
  readonly reason: string | undefined;
  readonly required: boolean;
  readonly methods: readonly MethodName[];
  readonly schemas: Readonly<Partial<Record<MethodName, MethodSchemas>>>;
  /** Unix seconds. */
  readonly created: number;
  readonly replicas: { readonly ready: number; readonly retired: number; readonly total: number };
  readonly queued: number;
  readonly running: number;
}

/** A call whose body passed its dialect's check. */
export interface Admission {
  readonly method: MethodName;
  /** As asked for; undefined where the request names none. */
  readonly model: string | undefined;
  readonly body: unknown;
  /** Owns its ArrayBuffer whole: it is transferred to a replica. */
  readonly bytes: Uint8Array | undefined;
  readonly bodyKind: 'json' | 'bytes';
  readonly facts: Omit<CallFacts, 'model'>;
  /** Its reason is an InferenceError made by `cancelError`. */
  readonly signal: AbortSignal;
  readonly observer: AdmissionObserver;
}

export interface AdmissionObserver extends CallObserver {
  /** The call left the queue after `queueMs` for a replica of `model`. */
  started?(model: string, queueMs: number): void;
}

export interface RunningRequest {
  credit(bytes: number): void;
  readonly released: Promise<void>;
}

export interface Backend {
  readonly environment: string;
  readonly draining: boolean;
  readonly alive: boolean;
  models(): readonly ModelView[];
  model(nameOrAlias: string): ModelView | undefined;
  /** Whether some loading or ready model has the method. */
  hasMethod(method: MethodName): boolean;
  modelsWith(method: MethodName): readonly string[];
  /** Every required model is ready and healthy, and the server is not stopping. */
  ready(): Promise<boolean>;
  timeoutMs(method: MethodName, model: string | undefined): number;
  /** Throws: InferenceError for what keeps the call from starting, before anything was observed. */
  submit(admission: Admission): Promise<RunningRequest>;
}
