// What the plots of a report need beyond the summary: raw records reduced until a report of many thousand requests opens at once.

import type { RequestRecord } from '../request-record.ts';
import { type Curve, cumulativeCurve, type Histogram, histogram, shortened } from './curves.ts';
import { type Timeline, timeline } from './timeline.ts';

export interface ReportSeries {
  /** In the order of the run: those of overloads and storms too. */
  readonly steps: readonly StepSeries[];
  readonly storms: readonly StormSeries[];
  /** Of the batches that the server ran, where it tells. */
  readonly batch_sizes?: readonly { readonly size: number; readonly count: number }[];
  /** Of the server's process, in order of time, where it was watched. */
  readonly server_samples?: readonly ServerSample[];
}

export interface StepSeries {
  readonly name: string;
  readonly latencyMs: Curve;
  readonly ttftMs: Curve;
  readonly itlMs?: Histogram;
  readonly timeline: Timeline;
}

export interface StormSeries {
  readonly name: string;
  readonly calm: Points;
  readonly storm: Points;
  /** Of the storm, by the seconds since its first request. */
  readonly timeline: Timeline;
}

/** Latency of those who stay, by the seconds since the first request. */
export interface Points {
  readonly atS: readonly number[];
  readonly latencyMs: readonly number[];
}

export interface ServerSample {
  /** By the clock of the records. */
  readonly atMs: number;
  readonly rssMib: number;
  /** CPU seconds since the process began: it only grows. */
  readonly cpuS: number;
}

/** Warm-up requests are left out, as in the figures. */
export function stepSeries(name: string, records: readonly RequestRecord[]): StepSeries {
  const counted = records.filter(({ isWarmup }) => !isWarmup);
  const ok = counted.filter(({ outcome }) => outcome === 'ok');
  const gaps = histogram(ok.flatMap(gapsOf));
  return {
    name,
    latencyMs: cumulativeCurve(ok.map(latencyOf)),
    ttftMs: cumulativeCurve(ok.flatMap(({ firstTokenMs, intendedMs }) => (firstTokenMs === undefined ? [] : [firstTokenMs - intendedMs]))),
    ...(gaps === undefined ? {} : { itlMs: gaps }),
    timeline: timeline(counted),
  };
}

/** `calm` and `storm` are the records of the same load, without and with clients that leave. */
export function stormSeries(name: string, calm: readonly RequestRecord[], storm: readonly RequestRecord[]): StormSeries {
  const counted = sinceFirst(storm);
  return { name, calm: stayers(sinceFirst(calm)), storm: stayers(counted), timeline: timeline(counted, stormBinS) };
}

/** Those who leave do so within moments: a second would hold all of them. */
const stormBinS = 0.1;

function sinceFirst(records: readonly RequestRecord[]): RequestRecord[] {
  const counted = records.filter(({ isWarmup }) => !isWarmup);
  const start = counted.reduce((least, { intendedMs }) => Math.min(least, intendedMs), Number.POSITIVE_INFINITY);
  return counted.map((record) => ({
    ...record,
    intendedMs: record.intendedMs - start,
    endMs: record.endMs - start,
    tokenMs: record.tokenMs.map((ms) => ms - start),
  }));
}

const mostDots = 500;

function stayers(records: readonly RequestRecord[]): Points {
  const ok = records.filter(({ outcome }) => outcome === 'ok').sort((a, b) => a.intendedMs - b.intendedMs);
  const every = Math.max(1, Math.ceil(ok.length / mostDots));
  const kept = ok.filter((_, index) => index % every === 0);
  return { atS: kept.map(({ intendedMs }) => shortened(intendedMs / 1_000, 6)), latencyMs: kept.map((one) => shortened(latencyOf(one))) };
}

function latencyOf({ endMs, intendedMs }: RequestRecord): number {
  return endMs - intendedMs;
}

function gapsOf({ tokenMs }: RequestRecord): number[] {
  return tokenMs.slice(1).map((ms, index) => ms - (tokenMs[index] ?? ms));
}
