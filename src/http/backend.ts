// What the HTTP room needs of the server behind it. The runtime satisfies it; tests bring a fake.

import type { MethodName } from '../contract/methods.ts';
import type { ModelView, Readiness } from '../runtime/model-view.ts';
import type { StoredResponses } from '../runtime/stored-responses.ts';
import type { Submission } from '../runtime/submission.ts';

export interface RunningRequest {
  credit(bytes: number): void;
  readonly released: Promise<void>;
}

export interface Backend {
  readonly environment: string;
  readonly draining: boolean;
  readonly alive: boolean;
  /** Undefined: nothing is kept. */
  readonly responses: StoredResponses | undefined;
  models(): readonly ModelView[];
  model(nameOrAlias: string): ModelView | undefined;
  /** Whether some loading or ready model has the method. */
  hasMethod(method: MethodName): boolean;
  modelsWith(method: MethodName): readonly string[];
  readiness(): Promise<Readiness>;
  timeoutMs(method: MethodName, model: string | undefined): number;
  /** Throws: InferenceError for what keeps the call from starting, before anything was observed. */
  submit(submission: Submission): Promise<RunningRequest>;
}
