// The figures of a run as they are written to its JSON file: the form that the table, the report, comparisons and limits read.

import type { Outcome, RequestRecord } from './request-record.ts';
import type { Scenario } from './scenario-schema.ts';

/** Of measured values: exact quantiles by rank, none interpolated, so that the largest is one that was seen. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p99_9: number;
  readonly max: number;
}

/** The figures of one constant condition: a rate or a number of clients. Warm-up requests are in none of them. */
export interface StepSummary {
  readonly name: string;
  readonly mode: 'open' | 'closed';
  /** Of what kind the step of the scenario is that these figures belong to: those of one kind are shown together. Absent: its mode. */
  readonly kind?: 'open' | 'closed' | 'capacity' | 'sweep';
  readonly offered_per_s?: number;
  readonly clients?: number;
  /** What every rate is divided by: from the first intended start to the last that ended well, and no shorter than requests arrived. */
  readonly duration_s: number;
  readonly requests: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** What went wrong, most frequent first. */
  readonly reasons: readonly { readonly outcome: Outcome; readonly reason: string; readonly count: number }[];
  /** Of requests that ended well, in this step. */
  readonly requests_per_s: number;
  readonly texts_per_s?: number;
  readonly tokens_in_per_s?: number;
  readonly tokens_out_per_s?: number;
  /** End minus intended start, of requests that ended well. */
  readonly latency_ms?: Spread;
  /** End minus sent: what a tool without a schedule would call latency. */
  readonly service_ms?: Spread;
  /** First token minus intended start, of streams that ended well, as in the two below. */
  readonly ttft_ms?: Spread;
  /** All gaps between pieces of all streams together. */
  readonly itl_ms?: Spread;
  /** (End minus first token) ÷ (tokens out minus 1), one value a request. Pieces count as tokens where the server does not say, with a note. */
  readonly tpot_ms?: Spread;
  /** Sent minus intended, whatever became of the request: how far the client itself was behind. Its `count` is 0 in a step without any. */
  readonly send_lag_ms: Spread;
  /** Requests that kept the service level: their share of all that were intended and whose client did not mean to leave, and how many a second. */
  readonly goodput: { readonly share: number; readonly per_s: number };
  readonly client: { readonly cpu_share: number; readonly event_loop_delay_p99_ms: number; readonly threads: number };
  readonly server?: ServerFigures;
  /** Each says why these figures are not to be trusted. Empty: they are. */
  readonly void_because: readonly string[];
  /** What a reader has to know beside the figures. */
  readonly notes: readonly string[];
}

export interface ServerFigures {
  readonly rss_peak_mib: number;
  readonly rss_slope_mib_per_min: number;
  /** CPU seconds of the server in the step ÷ requests (or texts, or tokens out) that ended well × 1,000. */
  readonly cpu_s_per_1000_requests?: number;
  readonly cpu_s_per_1000_texts?: number;
  readonly cpu_s_per_1000_tokens_out?: number;
}

/**
 * Clients that left on purpose, and what that did. Each round has three loads: the storm, the same of which nobody leaves (calm), and those
 * alone who stay (alone).
 */
export interface StormSummary {
  readonly name: string;
  readonly phase: NonNullable<RequestRecord['leave']>;
  readonly clients: number;
  /** Of the clients, as many as really meant to leave. */
  readonly share: number;
  readonly rounds: number;
  /** Over all rounds. */
  readonly left: number;
  /** From the last leave of a round until a new request gets its first token or answer as soon as in calm, one value a round. */
  readonly time_to_free_ms: Spread;
  /** First token or answer of one who comes as the last leaver has gone, and at the same moment of the other two loads. */
  readonly probe_ms: { readonly storm: Spread; readonly calm: Spread; readonly alone: Spread };
  /** (Calm minus storm) ÷ (calm minus alone), of the p50 of the above: 1 where all that leavers held came free at once, 0 where nothing did. */
  readonly freed_share?: number;
  /** CPU seconds of the server over what it took for those alone who stayed, where its process is known. What was done before they left is in it. */
  readonly wasted_cpu_s?: number;
  /** Over all rounds, until the server was at rest. */
  readonly server_cpu_s?: { readonly storm: number; readonly calm: number; readonly alone: number };
  /** The same clients of both loads: those who stay in the storm. */
  readonly stayers: { readonly calm: StepSummary; readonly storm: StepSummary };
  readonly notes: readonly string[];
}

export interface OverloadSummary {
  readonly name: string;
  readonly times: number;
  readonly base: StepSummary;
  readonly overload: StepSummary;
  readonly recovery: StepSummary;
  /** From the end of the overload until latency is back within twice the p50 of the base; absent when it did not come back in time. */
  readonly recovery_s?: number;
}

export interface RunSummary {
  readonly format: 'heddle-bench/1';
  readonly started_at: string;
  readonly target: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly scenario: Scenario;
  readonly answers_checked: { readonly requests: number; readonly problems: readonly string[]; readonly least_cosine?: number };
  readonly steps: readonly StepSummary[];
  /** The highest rate found that holds the service level. */
  readonly capacity_per_s?: number;
  readonly overloads: readonly OverloadSummary[];
  readonly storms: readonly StormSummary[];
}
