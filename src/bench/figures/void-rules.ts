// When the figures of a step say more about the client or the machine than about the server: then the step is void, and says why.

import type { StepSummary } from '../run-summary.ts';

export interface StepConditions {
  /** How many requests were measured, whatever became of them. */
  readonly requests: number;
  readonly sendLagP99Ms: number;
  /** Absent where nothing ended well. */
  readonly latencyP50Ms?: number;
  readonly client: StepSummary['client'];
  /** Of two calibrations, one before and one after: see `calibrationDrift`. */
  readonly calibrationDrift?: number;
}

const mostLagShare = 0.05;
/**
 * Timers fire on whole milliseconds, so a client that sleeps until the next start is late by up to one whatever it does, and 5 % of the
 * latency of a fast server is less than that. The floor moves no figure by more than the 1 ms that this tool is accurate to.
 */
const lagFloorMs = 1;
const mostCpuShare = 0.8;
const mostDrift = 0.1;
// Below it every quantile above the median is one of the last ten values.
const fewRequests = 20;

/** Why the figures are not to be trusted, one reason a line. Empty: they are. */
export function voidReasons(step: StepConditions): string[] {
  const reasons: string[] = [];
  if (step.requests === 0) reasons.push('no request was measured');
  // Where nothing ended well there is no latency that lag could distort; the outcomes say what happened.
  if (step.latencyP50Ms !== undefined) {
    const mostLagMs = Math.max(mostLagShare * step.latencyP50Ms, lagFloorMs);
    if (step.sendLagP99Ms > mostLagMs) {
      reasons.push(
        `the client sent late: p99 of its lag is ${shown(step.sendLagP99Ms)} ms, at most ${shown(mostLagMs)} ms may be (5 % of the p50 latency, or 1 ms)`,
      );
    }
  }
  if (step.client.cpu_share > mostCpuShare) {
    reasons.push(
      `the client used ${percent(step.client.cpu_share)} of its cores, at most ${percent(mostCpuShare)} may be: it needs more threads`,
    );
  }
  if (step.calibrationDrift !== undefined && hasDrifted(step.calibrationDrift)) {
    reasons.push(
      `the machine changed its speed by ${percent(step.calibrationDrift)} during the step, at most ${percent(mostDrift)} may be`,
    );
  }
  return reasons;
}

/** Whether the machine's speed changed too much for a step to count. The only reason for which trying again helps. */
export function hasDrifted(calibrationDrift: number): boolean {
  return calibrationDrift > mostDrift;
}

/** What a reader has to know about few requests: no reason to distrust what was seen, but to distrust that it is typical. */
export function fewRequestsNote(okRequests: number): string | undefined {
  if (okRequests === 0 || okRequests >= fewRequests) return undefined;
  return `only ${okRequests} request${okRequests === 1 ? '' : 's'} ended well: quantiles above the median are single requests`;
}

function shown(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 0);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
