// Runs one job: deals it out to client threads, lets all start at one instant, and gathers what they tell.

import { availableParallelism } from 'node:os';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { RequestSource } from '../prepared-request.ts';
import type { RequestRecord } from '../request-record.ts';
import { busiestPerS } from './arrivals.ts';
import { type Client, LoadClient } from './load-client.ts';
import type { ClientFigures, LoadHooks, LoadJob, LoadResult } from './load-job.ts';
import { clockFrom, monotonicMs } from './run-clock.ts';
import type { SelfFigures } from './self-watch.ts';
import { settleable } from './settleable.ts';
import { SharedCounts } from './shared-counts.ts';
import { WorkerClient } from './worker-client.ts';

/** What a caller may bring. */
export interface LoadParts {
  /** Then the one client runs in the calling thread, as functions go to no other. */
  readonly source?: RequestSource;
  /** Built entry of a client thread. */
  readonly threadFile?: URL;
}

/** A thread was seen to send so many small requests a second with 30 to 40 % of a core; larger ones and streams may take twice that. */
const perThreadPerS = 5_000;
/** Clients of a closed loop that one thread serves. */
const clientsPerThread = 256;
/** Threads hear of the common start within this. */
const startLeadMs = 25;
const progressEveryMs = 250;
/** From `stop` on. A thread that has not told all by then is busy with something that never ends. */
const stopGraceMs = 2_000;

/**
 * How many client threads a job gets: as many as it asks for, but none without a client. `auto`: one for every 5,000 requests a second
 * (256 clients of a closed loop), at most one for each core.
 */
export function threadsFor({ threads, load }: Pick<LoadJob, 'threads' | 'load'>, cores = availableParallelism()): number {
  const most = load.mode === 'closed' ? load.clients : Number.POSITIVE_INFINITY;
  if (threads !== 'auto') return Math.max(1, Math.min(threads, most));
  const wanted = load.mode === 'closed' ? load.clients / clientsPerThread : busiestPerS(load.arrivals) / perThreadPerS;
  return Math.max(1, Math.min(Math.ceil(wanted), cores, most));
}

/**
 * Carries a job out. Every request that was intended has its record, whatever became of it.
 * Throws: the reason of the signal, once all requests have been left and their records told; what a request source throws; an Error where
 * nothing ends the load.
 */
export async function runLoad(job: LoadJob, hooks: LoadHooks, parts: LoadParts = {}): Promise<LoadResult> {
  hooks.signal.throwIfAborted();
  const isEndless = job.load.mode === 'closed' || job.load.arrivals.kind !== 'trace';
  if (isEndless && job.requests === undefined && job.durationMs === undefined) {
    throw new Error('expected a number of requests or a duration, got neither');
  }
  const originMonotonicMs = monotonicMs() - (job.originMs === undefined ? 0 : performance.now() - job.originMs);
  const clock = clockFrom(originMonotonicMs);
  const memory = SharedCounts.memory();
  const counts = new SharedCounts(memory);
  const records: RequestRecord[] = [];
  const onRecords = (batch: readonly RequestRecord[]): void => {
    for (const record of batch) records.push(record);
    hooks.onRecords?.(batch);
  };
  const clients: Client[] = [];
  if (parts.source !== undefined) {
    clients.push(new LoadClient({ job, share: { thread: 0, threads: 1 }, source: parts.source, counts, clock, onRecords }));
  } else {
    const threads = threadsFor(job);
    for (let thread = 0; thread < threads; thread++) {
      const data = { job, share: { thread, threads }, counts: memory, originMonotonicMs };
      clients.push(new WorkerClient({ file: parts.threadFile ?? ownThreadFile(), data, onRecords }));
    }
  }
  const stopTelling = tellProgress(hooks, counts, clock);
  try {
    await untilAborted(Promise.all(clients.map((client) => client.warmUp())), clients, hooks.signal);
    const startMs = clock.now() + (parts.source === undefined ? startLeadMs : 0);
    const figures = await untilAborted(Promise.all(clients.map((client) => client.measure(startMs))), clients, hooks.signal);
    return resultOf(job, records, startMs, figures);
  } finally {
    stopTelling();
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** Waits for the clients. On the signal they are stopped, what they still have to tell is waited for, and its reason is thrown. */
async function untilAborted<T>(settled: Promise<T>, clients: readonly Client[], signal: AbortSignal): Promise<T> {
  const overdue = settleable<never>();
  const onAbort = (): void => {
    for (const client of clients) client.stop();
    systemClock.after(stopGraceMs, () => overdue.reject(signal.reason));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    const value = await Promise.race([settled, overdue.promise]);
    signal.throwIfAborted();
    return value;
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Of both it is too late to hear more.
    settled.catch(() => undefined);
    overdue.promise.catch(() => undefined);
  }
}

function tellProgress({ onProgress }: LoadHooks, counts: SharedCounts, clock: Clock): () => void {
  if (onProgress === undefined) return () => undefined;
  const timer = setInterval(() => {
    onProgress({ intended: counts.intended, ended: counts.ended, elapsedMs: clock.now() });
  }, progressEveryMs);
  return () => clearInterval(timer);
}

function resultOf(job: LoadJob, records: RequestRecord[], startedMs: number, figures: readonly SelfFigures[]): LoadResult {
  let measured = 0;
  let lastIntendedMs = startedMs;
  let lastEndMs = startedMs;
  for (const { isWarmup, intendedMs, endMs } of records) {
    if (isWarmup) continue;
    measured++;
    lastIntendedMs = Math.max(lastIntendedMs, intendedMs);
    lastEndMs = Math.max(lastEndMs, endMs);
  }
  // A load that ended by its count was over with the last request of it.
  const isOverByTime = job.durationMs !== undefined && measured !== job.requests;
  const offeredUntilMs = isOverByTime ? startedMs + job.durationMs : lastIntendedMs;
  const waits = figures.flatMap((figure) => figure.coreWaitShare ?? []);
  const client: ClientFigures = {
    cpuShare: Math.max(...figures.map((figure) => figure.cpuShare)),
    eventLoopDelayP99Ms: Math.max(...figures.map((figure) => figure.eventLoopDelayP99Ms)),
    ...(waits.length === 0 ? {} : { coreWaitShare: Math.max(...waits) }),
    threads: figures.length,
  };
  return {
    records: records.toSorted((a, b) => a.index - b.index),
    startedMs,
    offeredUntilMs,
    endedMs: Math.max(offeredUntilMs, lastEndMs),
    client,
  };
}

/** Beside this file, in the build as in the source. */
function ownThreadFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './client-thread.ts' : './client-thread.js', import.meta.url);
}
