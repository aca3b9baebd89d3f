// The highest rate that holds the service level: looked for by halving, after a closed loop has shown where to look.

import { hasDrifted } from '../figures/void-rules.ts';
import type { StepSummary } from '../run-summary.ts';
import type { Measure } from './condition.ts';

export interface CapacitySearch {
  readonly fromPerS: number;
  readonly mostPerS: number;
  /** Of requests that have to keep the service level. */
  readonly share: number;
  /** Of each rate that is tried. */
  readonly durationS: number;
  readonly requests?: number;
  readonly warmupRequests: number;
}

export interface Capacity {
  /** 0 where not even the lowest rate holds it. */
  readonly perS: number;
  readonly steps: readonly StepSummary[];
  /** Why the server may do more than was found. */
  readonly note?: string;
}

interface Attempt {
  readonly step: StepSummary;
  /** Why the step judges nothing, with its rate. Of the client: less load would help it, which is no help against a machine. */
  readonly unfair?: { readonly of: 'client' | 'machine'; readonly note: string };
}

// Neighbours come and go; a machine that is never calm for the length of a step will not be for the next one either.
const mostTries = 3;
// Enough in flight to fill any server of this size, few enough not to time out.
const probeClients = 32;
// Two rates this near are told apart by noise alone.
const nearEnough = 1.1;

export async function findCapacity(measure: Measure, search: CapacitySearch): Promise<Capacity> {
  const steps: StepSummary[] = [];
  const end = { durationS: search.durationS, ...(search.requests !== undefined && { requests: search.requests }) };
  const { summary: closed } = await measure({
    name: `capacity: ${probeClients} clients`,
    load: { closed: { clients: probeClients } },
    ...end,
    warmupRequests: search.warmupRequests,
  });
  steps.push(closed);

  /** Only the last try is kept: the others say nothing of the server. */
  const attempt = async (perS: number): Promise<Attempt> => {
    const load = { open: { rate_per_s: perS, arrivals: 'poisson' as const, burst_size: 1 } };
    for (let tries = 1; ; tries++) {
      const { summary, calibrationDrift } = await measure({ name: `capacity: ${tidy(perS)}/s`, load, ...end, warmupRequests: 0 });
      const [because, ...more] = summary.void_because;
      const isMachineAlone = because !== undefined && more.length === 0 && hasDrifted(calibrationDrift);
      if (isMachineAlone && tries < mostTries) continue;
      const note = `tried ${tries} times: before, the machine changed its speed meanwhile`;
      steps.push(tries === 1 ? summary : { ...summary, notes: [...summary.notes, note] });
      if (because === undefined) return { step: summary };
      const of = isMachineAlone ? 'machine' : 'client';
      return { step: summary, unfair: { of, note: `the ${of} was no longer a fair judge at ${perS}/s: ${because}` } };
    }
  };
  const within = (perS: number): number => tidy(Math.min(search.mostPerS, Math.max(search.fromPerS, perS)));

  // Why the lowest rate that did not hold could not be judged.
  let doubt: { readonly note?: string } = {};
  let held = 0;
  let lost = Number.POSITIVE_INFINITY;
  let next = within(closed.requests_per_s * 0.9);
  while (lost / Math.max(held, Number.MIN_VALUE) > nearEnough) {
    const { step, unfair } = await attempt(next);
    // Until a rate has held, the client may be a fair judge of a lower one.
    if (unfair !== undefined && (held > 0 || unfair.of === 'machine')) return { perS: held, steps, note: unfair.note };
    if (unfair === undefined && step.goodput.share >= search.share) held = next;
    else {
      lost = next;
      doubt = unfair === undefined ? {} : { note: unfair.note };
    }
    if (held >= search.mostPerS) return { perS: held, steps, note: `the highest rate that was to be tried, ${held}/s, holds` };
    if (lost <= search.fromPerS) return { perS: 0, steps, ...doubt };
    const following = within(lost === Number.POSITIVE_INFINITY ? held * 1.25 : held === 0 ? lost / 2 : Math.sqrt(held * lost));
    // Rounded, the rate between two near ones is one of them.
    if (following === held || following === lost) break;
    next = following;
  }
  return { perS: held, steps, ...doubt };
}

/** Rates that a person can read: three significant digits. */
function tidy(perS: number): number {
  return Number(perS.toPrecision(3));
}
