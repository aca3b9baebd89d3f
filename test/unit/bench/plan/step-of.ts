// A step's summary made by hand: what a test does not say is that of an uneventful step.

import { outcomes } from '../../../../src/bench/request-record.ts';
import type { Spread, StepSummary } from '../../../../src/bench/run-summary.ts';

export function spreadOf(value: number): Spread {
  return { count: 1, mean: value, min: value, p50: value, p90: value, p95: value, p99: value, p99_9: value, max: value };
}

export function stepOf(given: Partial<StepSummary>): StepSummary {
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as StepSummary['outcomes']; // one for each
  return {
    name: 'step',
    mode: 'open',
    duration_s: 1,
    requests: 0,
    outcomes: counts,
    reasons: [],
    requests_per_s: 0,
    send_lag_ms: spreadOf(0),
    goodput: { share: 1, per_s: 0 },
    client: { cpu_share: 0, event_loop_delay_p99_ms: 0, threads: 1 },
    void_because: [],
    notes: [],
    ...given,
  };
}
