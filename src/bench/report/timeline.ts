// What happened when: events of a step counted in bins of equal length.

import { type Outcome, outcomes, type RequestRecord } from '../request-record.ts';
import type { Leave } from '../scenario-schema.ts';
import { shortened } from './curves.ts';

type LeavePhase = Leave['phase'];

/** All arrays are as long as `atS`, which holds the middle of each bin in seconds since the start of the run. Absent: never more than 0. */
export interface Timeline {
  readonly binS: number;
  readonly atS: readonly number[];
  /** Requests that ended so, a second. */
  readonly outcomesPerS: Readonly<Partial<Record<Outcome, readonly number[]>>>;
  readonly textsPerS?: readonly number[];
  readonly tokensPerS?: readonly number[];
  /** Clients that left while in that phase, in this bin. */
  readonly leaves: Readonly<Partial<Record<LeavePhase, readonly number[]>>>;
}

/** A run of hours gets wider bins: more could not be told apart on a screen. */
const mostBins = 600;

/** Bins of about `wantedS` divide the time from first to last exactly, so that no bin at the end is short and looks like a dip. */
export function timeline(records: readonly RequestRecord[], wantedS = 1): Timeline {
  const startMs = records.reduce((least, { intendedMs }) => Math.min(least, intendedMs), Number.POSITIVE_INFINITY);
  const endMs = records.reduce((most, record) => Math.max(most, record.endMs), Number.NEGATIVE_INFINITY);
  const spanS = records.length === 0 ? 0 : Math.max((endMs - startMs) / 1_000, 0.001);
  const bins = records.length === 0 ? 0 : Math.min(mostBins, Math.max(1, Math.round(spanS / wantedS)));
  const binS = bins === 0 ? 1 : spanS / bins;
  const counter = () => {
    const counts = new Float64Array(bins);
    const add = (ms: number, amount: number) => {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor((ms - startMs) / 1_000 / binS)));
      counts[bin] = (counts[bin] ?? 0) + amount;
    };
    return { counts, add };
  };
  const ended = Object.fromEntries(outcomes.map((outcome) => [outcome, counter()]));
  const left: Record<LeavePhase, Counter> = { queued: counter(), before_first_token: counter(), mid_stream: counter() };
  const texts = counter();
  const tokens = counter();
  for (const record of records) {
    ended[record.outcome]?.add(record.endMs, 1);
    if (record.outcome === 'cancelled' && record.leave !== undefined) left[record.leave].add(record.endMs, 1);
    if (record.outcome !== 'ok') continue;
    if (record.route === 'embeddings') texts.add(record.endMs, record.items);
    addTokens(record, tokens);
  }
  const perS = ({ counts }: Counter) => Array.from(counts, (amount) => shortened(amount / binS));
  return {
    binS: shortened(binS),
    atS: Array.from({ length: bins }, (_, bin) => shortened(startMs / 1_000 + (bin + 0.5) * binS, 7)),
    outcomesPerS: filled(ended, perS),
    ...(isFilled(texts) ? { textsPerS: perS(texts) } : {}),
    ...(isFilled(tokens) ? { tokensPerS: perS(tokens) } : {}),
    leaves: filled(left, ({ counts }) => Array.from(counts)),
  };
}

interface Counter {
  readonly counts: Float64Array;
  readonly add: (ms: number, amount: number) => void;
}

/** A piece may hold several tokens: those that the server counted are spread over the pieces that came. */
function addTokens(record: RequestRecord, tokens: Counter): void {
  const pieces = record.tokenMs.length;
  const total = record.tokensOut ?? pieces;
  if (pieces === 0) tokens.add(record.endMs, total);
  for (const ms of record.tokenMs) tokens.add(ms, total / pieces);
}

function isFilled({ counts }: Counter): boolean {
  return counts.some((amount) => amount > 0);
}

function filled(counters: Readonly<Record<string, Counter>>, read: (counter: Counter) => number[]): Readonly<Record<string, number[]>> {
  return Object.fromEntries(Object.entries(counters).flatMap(([key, one]) => (isFilled(one) ? [[key, read(one)]] : [])));
}
