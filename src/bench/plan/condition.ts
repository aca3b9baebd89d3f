// One constant condition of a run: what a step of a scenario comes down to, and what measures it.

import type { RequestRecord } from '../request-record.ts';
import type { StepSummary } from '../run-summary.ts';
import type { LoadResult } from '../load/load-job.ts';
import type { Leave } from '../scenario-schema.ts';

export type Load =
  | { readonly open: { readonly rate_per_s: number; readonly arrivals: 'constant' | 'poisson' | 'bursts'; readonly burst_size: number } }
  /** Intended starts in ms from the first. */
  | { readonly trace: readonly number[] }
  | { readonly closed: { readonly clients: number } };

export interface Condition {
  readonly name: string;
  readonly load: Load;
  readonly leave?: Leave;
  /** It ends with whichever comes first; at least one is given, but for a trace, which has its own end. */
  readonly durationS?: number;
  readonly requests?: number;
  readonly warmupRequests: number;
}

export interface Measured {
  readonly summary: StepSummary;
  readonly result: Omit<LoadResult, 'records'>;
  readonly records: readonly RequestRecord[];
  /** Of the machine's speed, before against after. */
  readonly calibrationDrift: number;
}

/** Puts the server under the condition and tells what came of it. Rejects: with the reason of the signal when the run is stopped. */
export type Measure = (condition: Condition) => Promise<Measured>;
