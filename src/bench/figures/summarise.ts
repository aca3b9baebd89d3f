// The figures of one step, from its requests.

import { outcomes, type Outcome, type RequestRecord } from '../request-record.ts';
import type { StepSummary } from '../run-summary.ts';
import type { ServiceLevel } from '../scenario-schema.ts';
import { gapsOf, generates, goodput } from './goodput.ts';
import { leakNote } from './leak.ts';
import { measuredWindow } from './measured-window.ts';
import { groupedReasons } from './reasons.ts';
import { samplesAround, serverFigures, type ServerSample } from './server-figures.ts';
import { emptySpread, spreadOf } from './spread.ts';
import { notesOf } from './step-notes.ts';
import { tokensOutOf } from './tokens.ts';
import { voidReasons } from './void-rules.ts';

export interface StepInput {
  readonly name: string;
  readonly mode: 'open' | 'closed';
  readonly kind?: NonNullable<StepSummary['kind']>;
  readonly offeredPerS?: number;
  readonly clients?: number;
  /** Of the whole step in any order, warm-up included: it is left out here. */
  readonly records: readonly RequestRecord[];
  /** Of the whole step, in ms on the clock of the records. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly client: StepSummary['client'];
  /** In order of time; they may be those of the whole run. Absent: nobody looked. Empty: the process could not be read. */
  readonly serverSamples?: readonly ServerSample[];
  /** Why the process of the server was not, or no longer, sampled. */
  readonly serverNote?: string;
  /** Of the calibrations before and after. */
  readonly calibrationDrift?: number;
  readonly serviceLevel: ServiceLevel;
  /** Clients that send once each and are compared with themselves: that they are few, and no schedule, is what a storm is. */
  readonly isOfStorm?: boolean;
}

/** All figures as run-summary.ts defines them. Never throws: a step without requests is void and says so. */
export function summariseStep(input: StepInput): StepSummary {
  const measured = input.records.filter((record) => !record.isWarmup);
  const ok = measured.filter((record) => record.outcome === 'ok');
  const window =
    measured.length > 0
      ? measuredWindow(measured, input.mode)
      : { fromMs: input.startedMs, untilMs: input.endedMs, lastEndMs: input.endedMs };
  const durationS = Math.max(window.untilMs - window.fromMs, 0) / 1_000;
  const perS = (count: number): number => (durationS > 0 ? count / durationS : 0);

  const texts = sumOf(ok, (record) => (record.route === 'embeddings' ? record.items : undefined));
  const tokensIn = sumOf(ok, (record) => record.tokensIn);
  const tokensOut = sumOf(ok, (record) => (generates(record.route) ? tokensOutOf(record) : undefined));
  const latency = spreadOf(ok.map((record) => record.endMs - record.intendedMs));
  const service = spreadOf(ok.map((record) => record.endMs - record.sentMs));
  const ttft = spreadOf(ok.flatMap((record) => (record.firstTokenMs === undefined ? [] : [record.firstTokenMs - record.intendedMs])));
  const itl = spreadOf(ok.flatMap((record) => gapsOf(record.tokenMs)));
  const tpot = spreadOf(ok.flatMap((record) => timePerToken(record) ?? []));
  const sendLag = spreadOf(measured.map((record) => record.sentMs - record.intendedMs)) ?? emptySpread;

  const samples = input.serverSamples ?? [];
  const server = serverFigures(
    samples,
    { fromMs: window.fromMs, untilMs: window.lastEndMs },
    { requests: ok.length, ...(texts === undefined ? {} : { texts }), ...(tokensOut === undefined ? {} : { tokensOut }) },
  );
  const { reasons, more } = groupedReasons(measured);
  const leak = leakNote(samplesAround(samples, input.startedMs, input.endedMs));

  return {
    name: input.name,
    mode: input.mode,
    ...(input.kind === undefined ? {} : { kind: input.kind }),
    ...(input.offeredPerS === undefined ? {} : { offered_per_s: input.offeredPerS }),
    ...(input.clients === undefined ? {} : { clients: input.clients }),
    duration_s: durationS,
    requests: measured.length,
    outcomes: countedOutcomes(measured),
    reasons,
    requests_per_s: perS(ok.length),
    ...(texts === undefined ? {} : { texts_per_s: perS(texts) }),
    ...(tokensIn === undefined ? {} : { tokens_in_per_s: perS(tokensIn) }),
    ...(tokensOut === undefined ? {} : { tokens_out_per_s: perS(tokensOut) }),
    ...(latency === undefined ? {} : { latency_ms: latency }),
    ...(service === undefined ? {} : { service_ms: service }),
    ...(ttft === undefined ? {} : { ttft_ms: ttft }),
    ...(itl === undefined ? {} : { itl_ms: itl }),
    ...(tpot === undefined ? {} : { tpot_ms: tpot }),
    send_lag_ms: sendLag,
    goodput: goodput(measured, input.serviceLevel, durationS),
    client: input.client,
    ...(server === undefined ? {} : { server }),
    void_because: voidReasons({
      requests: measured.length,
      sendLagP99Ms: sendLag.p99,
      client: input.client,
      ...(latency === undefined ? {} : { latencyP50Ms: latency.p50 }),
      ...(input.calibrationDrift === undefined ? {} : { calibrationDrift: input.calibrationDrift }),
    }),
    notes: [
      ...notesOf({
        mode: input.mode,
        warmups: input.records.filter((record) => record.isWarmup),
        ok,
        moreReasons: more,
        ...(input.isOfStorm === undefined ? {} : { isOfStorm: input.isOfStorm }),
      }),
      ...(input.serverNote === undefined ? [] : [input.serverNote]),
      ...(input.serverSamples !== undefined && server === undefined ? ['memory and CPU time of the server are not known'] : []),
      ...(leak === undefined ? [] : [leak]),
    ],
  };
}

/** (End − first token) ÷ (tokens out − 1), which only an answer with a first token and one after it has. */
function timePerToken(record: RequestRecord): number | undefined {
  const tokens = tokensOutOf(record);
  if (record.firstTokenMs === undefined || tokens === undefined || tokens < 2) return undefined;
  return (record.endMs - record.firstTokenMs) / (tokens - 1);
}

/** The sum over those that have a value; undefined where none has. */
function sumOf(records: readonly RequestRecord[], countOf: (record: RequestRecord) => number | undefined): number | undefined {
  const values = records.flatMap((record) => countOf(record) ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

function countedOutcomes(records: readonly RequestRecord[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = {
    ok: 0,
    rejected: 0,
    timeout: 0,
    connection_error: 0,
    wrong_answer: 0,
    truncated: 0,
    cancelled: 0,
  };
  for (const outcome of outcomes) counts[outcome] = records.filter((record) => record.outcome === outcome).length;
  return counts;
}
