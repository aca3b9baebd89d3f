// Summaries of runs for these tests.

import type { OverloadSummary, RunSummary, StepSummary, StormSummary } from '../../../../src/bench/run-summary.ts';
import { summariseStep } from '../../../../src/bench/figures/summarise.ts';
import { aLevel, aRecord, aStep, aStream } from './a-record.ts';

/** A hundred streams of three tokens, one every 10 ms: first token after 20 ms, gaps of 10, 40 in all. */
export function aSummary(different: Partial<StepSummary> = {}): StepSummary {
  const records = Array.from({ length: 100 }, (_, index) =>
    aStream(
      [20, 30, 40].map((ms) => index * 10 + ms),
      { intendedMs: index * 10, tokensOut: 3, tokensIn: 5 },
    ),
  );
  return { ...summariseStep(aStep(records)), ...different };
}

/** A step in which every request was refused. */
export function aFailure(name: string): StepSummary {
  return summariseStep(aStep([aRecord({ outcome: 'rejected', status: 429 })], { name }));
}

export function anOverload(different: Partial<OverloadSummary> = {}): OverloadSummary {
  const steps = { base: aSummary(), overload: aFailure('overload'), recovery: aSummary() };
  return { name: 'ten times', times: 10, ...steps, recovery_s: 2, ...different };
}

export function aStorm(different: Partial<StormSummary> = {}): StormSummary {
  const time = { count: 3, mean: 30, min: 20, p50: 30, p90: 40, p95: 40, p99: 40, p99_9: 40, max: 40 };
  const stayers = { calm: aSummary(), storm: aSummary() };
  return {
    name: 'leavers',
    phase: 'mid_stream',
    clients: 16,
    share: 0.5,
    rounds: 3,
    left: 24,
    time_to_free_ms: time,
    probe_ms: { storm: time, calm: time, alone: time },
    stayers,
    notes: [],
    ...different,
  };
}

export function aRun(different: Partial<RunSummary> = {}): RunSummary {
  return {
    format: 'heddle-bench/1',
    started_at: '2026-11-24T12:00:00.000Z',
    target: 'http://127.0.0.1:8080',
    machine: { cpu: 'one', cores: 2 },
    scenario: {
      seed: 1,
      timeout_ms: 1_000,
      connections: 16,
      threads: 1,
      service_level: aLevel,
      workloads: [],
      steps: [],
    },
    answers_checked: { requests: 1, problems: [] },
    steps: [aSummary()],
    overloads: [],
    storms: [],
    ...different,
  };
}
