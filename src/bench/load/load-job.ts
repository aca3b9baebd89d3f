// What the load generator is asked to do, and what it tells afterwards. A job can be cloned to a client thread as it is.

import type { RequestRecord } from '../request-record.ts';
import type { Leave, Scenario } from '../scenario-schema.ts';
import type { Arrivals } from './arrivals.ts';

/** Where requests go, and how many may be on their way. */
export interface Target {
  /** Base URL; paths of requests come after its own. */
  readonly url: string;
  readonly apiKey?: string;
  /** From the intended start to the end of the answer. A request that is still waiting for a connection has it too. */
  readonly timeoutMs: number;
  /** Most connections, of all threads together. A request that finds none free waits in the client, and its send lag tells. */
  readonly connections: number;
}

export type JobLoad = { readonly mode: 'open'; readonly arrivals: Arrivals } | { readonly mode: 'closed'; readonly clients: number };

export interface LoadJob extends Target {
  /** Client threads make their requests from these. */
  readonly scenario: Scenario;
  readonly baseDir: string;
  /** Handed to the request source, so that one step sends other requests than the next. */
  readonly salt?: number;
  readonly load: JobLoad;
  /** Measured requests, without those of the warm-up. With a duration too, what comes first ends the load. */
  readonly requests?: number;
  readonly durationMs?: number;
  /** Sent and answered before the measured part begins, by at most 8 clients a thread. */
  readonly warmupRequests: number;
  /** Never of a request of the warm-up. */
  readonly leave?: Leave;
  /** `auto`: see `threadsFor`. */
  readonly threads: number | 'auto';
  /** Of the arrivals and of who leaves. */
  readonly seed: number;
  /** `performance.now()` of the calling thread that counts as 0 in all times told. The start of the call where not given. */
  readonly originMs?: number;
}

/** How the client itself did, over the measured part. */
export interface ClientFigures {
  /** The most of any client thread: its CPU time ÷ the time that passed. */
  readonly cpuShare: number;
  readonly eventLoopDelayP99Ms: number;
  /** The most of any client thread: time it was ready to run and had no core ÷ the time that passed. Where the system tells (Linux). */
  readonly coreWaitShare?: number;
  readonly threads: number;
}

/** Counts since the start, those of the warm-up included. */
export interface LoadProgress {
  /** Whose intended start has come. */
  readonly intended: number;
  readonly ended: number;
  readonly elapsedMs: number;
}

export interface LoadResult {
  /** In the order of their index. */
  readonly records: readonly RequestRecord[];
  /** The measured part: from the first instant of the schedule … */
  readonly startedMs: number;
  /** … to its last: after it no request was intended. … */
  readonly offeredUntilMs: number;
  /** … until the last answer had ended, or the duration had where that was later. */
  readonly endedMs: number;
  readonly client: ClientFigures;
}

export interface LoadHooks {
  /** Gets every record once, in batches, as requests end. */
  readonly onRecords?: (records: readonly RequestRecord[]) => void;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal: AbortSignal;
}
