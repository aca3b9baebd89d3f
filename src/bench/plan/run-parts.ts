// What a run is given by those who start it, and what it gathers on its way.

import type { Clock } from '../../core/clock.ts';
import type { ServerSample } from '../figures/server-figures.ts';
import type { Target } from '../load/load-job.ts';
import type { ProgressState } from '../report/progress.ts';
import type { RequestRecord } from '../request-record.ts';
import type { Scenario } from '../scenario-schema.ts';

export interface RunParts {
  readonly scenario: Scenario;
  /** Files that the scenario names are relative to it. */
  readonly baseDir: string;
  readonly target: Target;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Gets every record of the step once, warm-up and clients that left included. */
  readonly onRecords: (step: string, records: readonly RequestRecord[]) => void;
  readonly onProgress: (state: ProgressState) => void;
  /** A line for people: what was found so far. */
  readonly say: (line: string) => void;
  /** `performance.now()` that counts as 0 in all times told. */
  readonly originMs: number;
  /** So far, in order of time. Undefined: the server's process is not known, and `serverNote` says why. */
  readonly serverSamples: readonly ServerSample[] | undefined;
  readonly serverNote: string | undefined;
}

/** Where the scenario stands. */
export interface StepPlace {
  readonly index: number;
  readonly of: number;
}
