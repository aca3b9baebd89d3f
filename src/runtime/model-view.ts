// How a loaded model looks from outside: what `/v1/models`, the banner and the documentation show.

import type { ModelCapabilities } from '../contract/capabilities.ts';
import type { MethodName } from '../contract/methods.ts';
import type { MethodSchemas } from '../contract/thread.ts';
import type { ModelState } from '../registry/live-table.ts';

export interface ModelView {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly state: ModelState;
  /** Why the model failed; undefined otherwise. */
  readonly reason: string | undefined;
  /** Readiness of the server waits for it. */
  readonly required: boolean;
  readonly methods: readonly MethodName[];
  readonly schemas: Readonly<Partial<Record<MethodName, MethodSchemas>>>;
  /** Undefined while they are not known yet. */
  readonly capabilities: ModelCapabilities | undefined;
  /** `example_model_input` of its metadata; undefined where it has none. */
  readonly exampleInput: unknown;
  /** Unix seconds of its load. */
  readonly created: number;
  readonly replicas: { readonly ready: number; readonly retired: number; readonly total: number };
  readonly queued: number;
  readonly running: number;
}

/** Whether the server may be sent calls, and what it waits for otherwise. */
export interface Readiness {
  /** Every required model is ready and healthy, and the server is not stopping. */
  readonly ready: boolean;
  /** The required models that are not, by name. */
  readonly waitingFor: Readonly<Record<string, ModelState | 'unhealthy'>>;
}
