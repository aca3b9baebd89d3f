// What clients that leave cost: how long their places stay taken, and what the server computes for nobody.

import type { RequestRecord } from '../request-record.ts';
import { atPermille, sortedOf } from './spread.ts';

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

export interface StormFindings {
  readonly rounds: number;
  /** One for each round in which a place came free. */
  readonly timesToFree: readonly number[];
  readonly freedShare?: number;
  /** CPU seconds of the server in each of the three loads. */
  readonly cpuS?: { readonly storm: number; readonly calm: number; readonly alone: number };
}

// A server that stops with the client gives nearly all back; one that does not, nothing. Half is far from both.
const ignoringShare = 0.5;
// Below it CPU time is counted in too few ticks of 10 ms to say anything.
const leastHeldCpuS = 0.2;

/** Signs that the server does not stop for clients that leave, in words. Empty: there are none. */
export function stormNotes({ rounds, timesToFree, freedShare, cpuS }: StormFindings): string[] {
  const notes: string[] = [];
  const never = rounds - timesToFree.length;
  if (never > 0) notes.push(`in ${never} of ${rounds} rounds a new request was answered later than in calm, although clients had left`);
  if (freedShare !== undefined && freedShare < ignoringShare) {
    notes.push(
      `who came after the leavers was served as if they were still there (${percent(freedShare)} of their places came free): the server seems to ignore cancellation`,
    );
  }
  const heldS = cpuS === undefined ? 0 : cpuS.calm - cpuS.alone;
  if (cpuS !== undefined && heldS > leastHeldCpuS) {
    const spared = (cpuS.calm - cpuS.storm) / heldS;
    if (spared < ignoringShare) {
      notes.push(
        `leaving spared ${percent(spared)} of the CPU time that the leavers' answers cost: the server seems to go on computing for them`,
      );
    }
  }
  return notes;
}

function percent(share: number): string {
  return `${Math.round(Math.max(0, share) * 100)} %`;
}

function hasLeft(record: RequestRecord): boolean {
  return record.leave !== undefined && record.outcome === 'cancelled';
}
