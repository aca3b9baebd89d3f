// What the page's script draws from: the reduced series, and the figures of the summary that are plotted against the rate.

import type { RunSummary, StepSummary } from '../../run-summary.ts';
import { edgeOf, type Histogram, shortened } from '../curves.ts';
import type { ReportSeries, ServerSample, StepSeries } from '../series.ts';
import { kindOf } from '../step-tables.ts';
import { allSteps } from '../warnings.ts';

export interface PageData {
  readonly steps: readonly (Omit<StepSeries, 'itlMs'> & { readonly isVoid: boolean; readonly gaps?: GapShares })[];
  readonly storms: ReportSeries['storms'];
  readonly load?: LoadCurves;
  readonly batchSizes?: NonNullable<ReportSeries['batch_sizes']>;
  readonly server?: { readonly atS: readonly number[]; readonly rssMib: readonly number[]; readonly cpuCores: readonly number[] };
}

/** `shares[i]` of all gaps lie from `edges[i]` ms to the next edge; the last is where the last bin ends. */
interface GapShares {
  readonly edges: readonly number[];
  readonly shares: readonly number[];
}

/** One value for each rate, null where the step has none. Times are milliseconds. */
export interface LoadCurves {
  readonly offeredPerS: readonly number[];
  readonly times: Readonly<Record<string, readonly (number | null)[]>>;
  readonly rates: Readonly<Record<string, readonly (number | null)[]>>;
  readonly voidPerS: readonly number[];
  readonly capacityPerS?: number;
}

export function pageData(summary: RunSummary, series: ReportSeries): PageData {
  const voids = new Set(allSteps(summary).flatMap(({ label, step }) => (step.void_because.length === 0 ? [] : [label])));
  const load = loadCurves(summary);
  const server = serverCurves(series.server_samples ?? []);
  return {
    steps: series.steps.map(({ itlMs, ...step }) => ({
      ...step,
      isVoid: voids.has(step.name),
      ...(itlMs === undefined ? {} : { gaps: gapShares(itlMs) }),
    })),
    storms: series.storms,
    ...(load === undefined ? {} : { load }),
    ...(series.batch_sizes === undefined || series.batch_sizes.length === 0 ? {} : { batchSizes: series.batch_sizes }),
    ...(server === undefined ? {} : { server }),
  };
}

/** More could not be told apart on a screen. */
const mostSamples = 600;

/** CPU seconds a second are those since the sample before, so the first sample has none. */
function serverCurves(samples: readonly ServerSample[]): PageData['server'] {
  const every = Math.max(1, Math.ceil(samples.length / mostSamples));
  const kept = samples.filter((_, index) => index % every === 0);
  const pairs = kept.slice(1).flatMap((sample, index) => {
    const before = kept[index];
    return before === undefined || sample.atMs <= before.atMs ? [] : [{ sample, before }];
  });
  if (pairs.length === 0) return undefined;
  return {
    atS: pairs.map(({ sample }) => shortened(sample.atMs / 1_000, 7)),
    rssMib: pairs.map(({ sample }) => shortened(sample.rssMib)),
    cpuCores: pairs.map(({ sample, before }) => shortened((1_000 * (sample.cpuS - before.cpuS)) / (sample.atMs - before.atMs))),
  };
}

function gapShares({ first, counts }: Histogram): GapShares {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    edges: Array.from({ length: counts.length + 1 }, (_, index) => shortened(edgeOf(first + index))),
    shares: counts.map((count) => shortened(count / total)),
  };
}

/** Fewer rates make no curve. */
const fewestRates = 3;

/** Of the sweep; where there was none, of open steps, if they ran at several rates. */
function loadCurves(summary: RunSummary): LoadCurves | undefined {
  const sweep = atRates(summary.steps.filter((step) => kindOf(step) === 'sweep'));
  const chosen = sweep.length > 0 ? sweep : atRates(summary.steps.filter((step) => step.mode === 'open'));
  if (chosen.length < fewestRates) return undefined;
  const line = (of: (step: StepSummary) => number | undefined) => chosen.map(({ step }) => of(step) ?? null);
  const times = {
    'TTFT p50': line((step) => step.ttft_ms?.p50),
    'TTFT p99': line((step) => step.ttft_ms?.p99),
    'latency p50': line((step) => step.latency_ms?.p50),
    'latency p99': line((step) => step.latency_ms?.p99),
  };
  return {
    offeredPerS: chosen.map(({ offered }) => offered),
    times: Object.fromEntries(Object.entries(times).filter(([, values]) => values.some((value) => value !== null))),
    rates: {
      offered: chosen.map(({ offered }) => offered),
      'ended well': line((step) => step.requests_per_s),
      goodput: line((step) => step.goodput.per_s),
    },
    voidPerS: chosen.flatMap(({ step, offered }) => (step.void_because.length === 0 ? [] : [offered])),
    ...(summary.capacity_per_s === undefined ? {} : { capacityPerS: summary.capacity_per_s }),
  };
}

/** By rising rate; of two steps at the same rate the later one, since a plot has one value for each place. */
function atRates(steps: readonly StepSummary[]): { readonly offered: number; readonly step: StepSummary }[] {
  const byRate = new Map(steps.flatMap((step) => (step.offered_per_s === undefined ? [] : [[step.offered_per_s, step] as const])));
  return [...byRate].map(([offered, step]) => ({ offered, step })).sort((a, b) => a.offered - b.offered);
}
