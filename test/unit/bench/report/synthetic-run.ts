// Runs that never happened: records and summaries with known figures, for the tests of the report.

import type { Outcome, RequestRecord } from '../../../../src/bench/request-record.ts';
import type { OverloadSummary, RunSummary, Spread, StepSummary, StormSummary } from '../../../../src/bench/run-summary.ts';

/** One that ended well: intended at 0, sent at 1, 100 ms long. */
export function recordOf(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    index: 0,
    workload: 'questions',
    route: 'chat',
    isWarmup: false,
    intendedMs: 0,
    sentMs: 1,
    tokenMs: [],
    endMs: 100,
    status: 200,
    outcome: 'ok',
    bytesSent: 200,
    bytesReceived: 900,
    items: 1,
    ...change,
  };
}

/** Whose p50 is `p50`, p99 three and max five times that. */
export function spreadOf(p50: number): Spread {
  return { count: 600, mean: p50 * 1.1, min: p50 / 2, p50, p90: p50 * 2, p95: p50 * 2.5, p99: p50 * 3, p99_9: p50 * 4, max: p50 * 5 };
}

export function outcomesOf(counts: Partial<Record<Outcome, number>>): Record<Outcome, number> {
  return { ok: 0, rejected: 0, timeout: 0, connection_error: 0, wrong_answer: 0, truncated: 0, cancelled: 0, ...counts };
}

export function stepOf(change: Partial<StepSummary> = {}): StepSummary {
  return {
    name: 'steady',
    mode: 'open',
    offered_per_s: 20,
    duration_s: 30,
    requests: 600,
    outcomes: outcomesOf({ ok: 600 }),
    reasons: [],
    requests_per_s: 19.9,
    latency_ms: spreadOf(100),
    service_ms: spreadOf(98),
    send_lag_ms: spreadOf(0.1),
    goodput: { share: 0.99, per_s: 19.7 },
    client: { cpu_share: 0.12, event_loop_delay_p99_ms: 1.5, threads: 1 },
    void_because: [],
    notes: [],
    ...change,
  };
}

export function overloadOf(change: Partial<OverloadSummary> = {}): OverloadSummary {
  const overload = stepOf({
    name: 'overload',
    offered_per_s: 400,
    requests: 2_000,
    outcomes: outcomesOf({ ok: 500, rejected: 1_500 }),
    reasons: [{ outcome: 'rejected', reason: '429 queue_full', count: 1_500 }],
    latency_ms: spreadOf(900),
  });
  return { name: 'rush', times: 10, base: stepOf(), overload, recovery: stepOf(), recovery_s: 1.25, ...change };
}

export function stormOf(change: Partial<StormSummary> = {}): StormSummary {
  return {
    name: 'gust',
    phase: 'mid_stream',
    clients: 16,
    share: 0.5,
    rounds: 3,
    left: 24,
    probe_ms: { storm: spreadOf(7), calm: spreadOf(90), alone: spreadOf(6) },
    freed_share: 0.988,
    time_to_free_ms: spreadOf(7),
    wasted_cpu_s: 0.042,
    stayers: { calm: stepOf({ mode: 'closed', clients: 8 }), storm: stepOf({ mode: 'closed', clients: 8, latency_ms: spreadOf(80) }) },
    notes: [],
    ...change,
  };
}

export function runOf(change: Partial<RunSummary> = {}): RunSummary {
  return {
    format: 'heddle-bench/1',
    started_at: '2026-11-24T12:00:00.000Z',
    target: 'http://127.0.0.1:8080',
    machine: { cpu: 'a processor', cores: 2, node: 'v20.19.0' },
    scenario: {
      seed: 1,
      timeout_ms: 120_000,
      connections: 1_024,
      threads: 'auto',
      service_level: { ttft_ms: 500, itl_p99_ms: 100, latency_ms: 100, share: 0.99 },
      workloads: [{ route: 'chat', weight: 1, exact_tokens: false, stream: true, temperature: 0, body: {} }],
      steps: [],
    },
    answers_checked: { requests: 8, problems: [] },
    steps: [stepOf()],
    overloads: [],
    storms: [],
    ...change,
  };
}
