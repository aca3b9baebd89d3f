// What clients that leave cost: how long their places stay taken, and what the server computes for nobody.

import type { RequestRecord } from '../request-record.ts';
import type { StepSummary } from '../run-summary.ts';
import { cpuBetween, type ServerSample } from './server-figures.ts';
import { atPermille, sortedOf, spreadOf } from './spread.ts';

/** First token of a stream, the end of an answer in one piece. Undefined where neither came. Ms after the intended start. */
function firstOutputMs(record: RequestRecord): number | undefined {
  const at = record.firstTokenMs ?? (record.outcome === 'ok' ? record.endMs : undefined);
  return at === undefined ? undefined : at - record.intendedMs;
}

/** How soon "as soon as in calm" is: nineteen of twenty requests in calm are no later. Undefined where none was answered. */
export function calmFirstOutputMs(calm: readonly RequestRecord[]): number | undefined {
  const times = sortedOf(calm.flatMap((record) => (record.isWarmup ? [] : (firstOutputMs(record) ?? []))));
  return times.length === 0 ? undefined : atPermille(times, 950);
}

/**
 * Ms from the last leave of one round until a request that was sent after it got its first token or answer, as soon as in calm. The
 * request's own time is in it, so a server that frees at once shows what calm shows, not 0. It is as exact as new requests are close to
 * each other. Undefined where nobody left, or where no new request was that soon.
 */
export function timeToFree(round: readonly RequestRecord[], calmMs: number): number | undefined {
  const lastLeaveMs = round.reduce((last, record) => (hasLeft(record) ? Math.max(last, record.endMs) : last), Number.NEGATIVE_INFINITY);
  if (lastLeaveMs === Number.NEGATIVE_INFINITY) return undefined;
  let freedMs = Number.POSITIVE_INFINITY;
  for (const record of round) {
    const firstMs = firstOutputMs(record);
    if (record.leave !== undefined || record.intendedMs < lastLeaveMs || firstMs === undefined || firstMs > calmMs) continue;
    freedMs = Math.min(freedMs, record.intendedMs + firstMs - lastLeaveMs);
  }
  return freedMs === Number.POSITIVE_INFINITY ? undefined : freedMs;
}

export interface StormCpu {
  /** In order of time, until the server had come to rest. */
  readonly samples: readonly ServerSample[];
  readonly fromMs: number;
  /** Long enough after the last answer for whatever the server goes on with. */
  readonly untilMs: number;
  /** Of the requests of those who stay. */
  readonly answered: number;
  /** `cpu_s_per_1000_requests` of the same load of which nobody leaves. */
  readonly calmCpuSPer1000: number;
}

/**
 * CPU seconds over what calm needs for those who stayed. What was done for the others before they left is in it too, since nobody got
 * that either; it is the least that a server can waste. Not below 0. Undefined where fewer than two samples were taken.
 */
export function wastedCpu(storm: StormCpu): number | undefined {
  if (storm.samples.length < 2) return undefined;
  const usedS = cpuBetween(storm.samples, storm.fromMs, storm.untilMs);
  return Math.max(usedS - (storm.answered * storm.calmCpuSPer1000) / 1_000, 0);
}

// A server that stops with the client can still have done half of an answer by then; one that does not does all of it.
const ignoringShare = 0.75;
// Below it CPU time is counted in too few ticks of 10 ms to say anything.
const leastWastedS = 0.2;

export interface StormFindings {
  readonly calm: StepSummary;
  readonly rounds: number;
  /** One for each round in which a place came free. */
  readonly timesToFree: readonly number[];
  readonly left: number;
  readonly wastedCpuS?: number;
}

/** Signs that the server does not stop for clients that leave, in words. Empty: there are none. */
export function stormNotes({ calm, rounds, timesToFree, left, wastedCpuS }: StormFindings): string[] {
  const notes: string[] = [];
  const never = rounds - timesToFree.length;
  if (never > 0) notes.push(`in ${never} of ${rounds} rounds no new request was answered as soon as in calm after the clients had left`);
  const freed = spreadOf(timesToFree);
  const [firstMs, wholeMs] = [calm.ttft_ms?.p50 ?? calm.latency_ms?.p50, calm.latency_ms?.p50];
  // As long as a whole answer, and clearly longer than the wait for a place that is free: the place was held to the end of the answer.
  if (freed !== undefined && firstMs !== undefined && wholeMs !== undefined && freed.p50 > Math.max(wholeMs / 2, 2 * firstMs)) {
    notes.push(
      `places came free ${freed.p50.toFixed(0)} ms after clients had left, while a first token takes ${firstMs.toFixed(0)} ms in calm: the server seems to go on for clients that are gone`,
    );
  }
  const wholeAnswersS = ((calm.server?.cpu_s_per_1000_requests ?? 0) * left) / 1_000;
  if (wastedCpuS !== undefined && wholeAnswersS > 0 && wastedCpuS > Math.max(leastWastedS, ignoringShare * wholeAnswersS)) {
    notes.push(
      `${left} clients that left cost ${wastedCpuS.toFixed(1)} CPU s, where whole answers would cost ${wholeAnswersS.toFixed(1)}: cancellation seems to be ignored`,
    );
  }
  return notes;
}

function hasLeft(record: RequestRecord): boolean {
  return record.leave !== undefined && record.outcome === 'cancelled';
}
