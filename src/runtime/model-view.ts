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
  /** Unix seconds of its load. */
  readonly created: number;
  readonly replicas: { readonly ready: number; readonly retired: number; readonly total: number };
  readonly queued: number;
  readonly running: number;
}
