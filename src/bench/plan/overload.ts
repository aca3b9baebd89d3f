// Far more than the server can do for a while, then little again: what the overload costs, and how long until it is over.

import { seededRandom } from '../../core/seeded-random.ts';
import type { RequestRecord } from '../request-record.ts';

export interface OverloadPlan {
  readonly capacityPerS: number;
  readonly times: number;
  readonly overloadS: number;
  readonly recoveryS: number;
  readonly seed: number;
}

export interface OverloadPhases {
  /** Intended starts in ms, of one schedule without a pause: calm, overload, calm. */
  readonly trace: readonly number[];
  readonly overloadMs: number;
  readonly calmAgainMs: number;
}

/** Half of what it can do leaves room to recover in. */
export const calmShare = 0.5;
const calmS = 5;
// So many requests in a row have to be well again: one may be lucky.
const steadyRequests = 5;

/** Poisson arrivals: regular ones would hide the queue. */
export function overloadPhases(plan: OverloadPlan): OverloadPhases {
  const random = seededRandom(plan.seed);
  const calm = plan.capacityPerS * calmShare;
  const overloadMs = calmS * 1_000;
  const calmAgainMs = overloadMs + plan.overloadS * 1_000;
  const trace = [
    ...arrivals(random, calm, 0, overloadMs),
    ...arrivals(random, plan.capacityPerS * plan.times, overloadMs, calmAgainMs),
    ...arrivals(random, calm, calmAgainMs, calmAgainMs + plan.recoveryS * 1_000),
  ];
  return { trace, overloadMs, calmAgainMs };
}

function arrivals(random: () => number, perS: number, fromMs: number, toMs: number): number[] {
  const starts: number[] = [];
  const gapMs = (): number => (-Math.log(1 - random()) / perS) * 1_000;
  for (let at = fromMs + gapMs(); at < toMs; at += gapMs()) starts.push(at);
  return starts;
}

/**
 * Seconds from the end of the overload until some requests in a row, by their intended starts, end well within twice the calm
 * latency. Undefined when that never came. `records` are those intended after the overload; `calmMs` is the p50 before it.
 */
export function recoveryS(records: readonly RequestRecord[], calmAgainMs: number, calmMs: number): number | undefined {
  const inOrder = records.toSorted((a, b) => a.intendedMs - b.intendedMs);
  let well = 0;
  for (const [at, record] of inOrder.entries()) {
    well = record.outcome === 'ok' && record.endMs - record.intendedMs <= 2 * calmMs ? well + 1 : 0;
    const first = inOrder[at - steadyRequests + 1];
    if (well >= steadyRequests && first !== undefined) return Math.max(0, first.intendedMs - calmAgainMs) / 1_000;
  }
  return undefined;
}
