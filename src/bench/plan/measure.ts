// Measures one condition: the machine's speed before and after, the load between, and the figures of it.

import { calibrate, calibrationDrift } from '../figures/calibrate.ts';
import { spreadOf } from '../figures/spread.ts';
import { summariseStep } from '../figures/summarise.ts';
import type { Arrivals } from '../load/arrivals.ts';
import type { JobLoad, LoadJob, LoadResult } from '../load/load-job.ts';
import { runLoad } from '../load/run-load.ts';
import type { RequestRecord } from '../request-record.ts';
import type { StepSummary } from '../run-summary.ts';
import type { Condition, Load, Measure, Measured } from './condition.ts';
import type { RunParts, StepPlace } from './run-parts.ts';

/** `kind` is the scenario's word for the step. Each condition gets requests of its own, so that no cache of the server knows them. */
export function measureBy(parts: RunParts, place: StepPlace, kind: StepSummary['kind'], nextSalt: () => number): Measure {
  return async (condition) => {
    const before = calibrate(parts.clock);
    const { result, records } = await underLoad(parts, place, condition, nextSalt());
    const drift = calibrationDrift(before, calibrate(parts.clock));
    return measured(parts, condition, kind, { result, records, drift });
  };
}

interface Taken {
  readonly result: LoadResult;
  readonly records: readonly RequestRecord[];
  readonly drift: number;
}

/** The condition under load, without any figure yet. */
async function underLoad(
  parts: RunParts,
  place: StepPlace,
  condition: Condition,
  salt: number,
): Promise<Pick<Taken, 'result' | 'records'>> {
  const latencies: number[] = [];
  let ok = 0;
  let ended = 0;
  const job: LoadJob = {
    ...parts.target,
    scenario: parts.scenario,
    baseDir: parts.baseDir,
    salt,
    load: jobLoad(condition.load),
    ...(condition.requests !== undefined && { requests: condition.requests }),
    ...(condition.durationS !== undefined && { durationMs: condition.durationS * 1_000 }),
    warmupRequests: condition.warmupRequests,
    ...(condition.leave !== undefined && { leave: condition.leave }),
    threads: parts.scenario.threads,
    // Other arrivals in each condition too: one unlucky schedule should not mark them all.
    seed: parts.scenario.seed + salt,
    originMs: parts.originMs,
  };
  const result = await runLoad(job, {
    signal: parts.signal,
    onRecords: (records) => {
      parts.onRecords(condition.name, records);
      for (const record of records) {
        ended += 1;
        if (record.outcome !== 'ok') continue;
        ok += 1;
        latencies.push(record.endMs - record.intendedMs);
      }
    },
    onProgress: ({ intended, elapsedMs }) => {
      const elapsedS = elapsedMs / 1_000;
      const p50Ms = spreadOf(latencies)?.p50;
      parts.onProgress({
        ...place,
        step: condition.name,
        elapsedS,
        ...(condition.durationS !== undefined && { leftS: Math.max(0, condition.durationS - elapsedS) }),
        sent: intended,
        inFlight: intended - ended,
        ok,
        failed: ended - ok,
        ratePerS: elapsedS > 0 ? ok / elapsedS : 0,
        ...(p50Ms !== undefined && { p50Ms }),
      });
    },
  });
  return { result, records: result.records };
}

function measured(parts: RunParts, condition: Condition, kind: StepSummary['kind'], taken: Taken): Measured {
  const { result, records } = taken;
  const { load } = condition;
  const summary = summariseStep({
    name: condition.name,
    mode: 'closed' in load ? 'closed' : 'open',
    ...(kind !== undefined && { kind }),
    ...('open' in load && { offeredPerS: load.open.rate_per_s }),
    ...('closed' in load && { clients: load.closed.clients }),
    records,
    startedMs: result.startedMs,
    endedMs: result.endedMs,
    client: clientOf(result),
    ...(parts.serverSamples !== undefined && { serverSamples: parts.serverSamples }),
    ...(parts.serverNote !== undefined && { serverNote: parts.serverNote }),
    calibrationDrift: taken.drift,
    serviceLevel: parts.scenario.service_level,
  });
  return { summary, result, records, calibrationDrift: taken.drift };
}

export function clientOf({ client }: Pick<LoadResult, 'client'>): StepSummary['client'] {
  return { cpu_share: client.cpuShare, event_loop_delay_p99_ms: client.eventLoopDelayP99Ms, threads: client.threads };
}

function jobLoad(load: Load): JobLoad {
  if ('closed' in load) return { mode: 'closed', clients: load.closed.clients };
  if ('trace' in load) return { mode: 'open', arrivals: { kind: 'trace', startsMs: load.trace } };
  return { mode: 'open', arrivals: arrivalsOf(load.open) };
}

function arrivalsOf({ arrivals, rate_per_s: ratePerS, burst_size: burstSize }: Extract<Load, { open: unknown }>['open']): Arrivals {
  return arrivals === 'bursts' ? { kind: 'bursts', ratePerS, burstSize } : { kind: arrivals, ratePerS };
}
