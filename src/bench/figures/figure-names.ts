// Every figure by its name, with the way to read it: the one table that comparisons, limits and their documentation go by.

import { outcomes } from '../request-record.ts';
import type { Spread, StepSummary } from '../run-summary.ts';
import type { Subject } from './subjects.ts';

export interface Figure {
  readonly name: string;
  /** Which way is good. `neither`: a condition of the measurement, no quality of the server. */
  readonly better: 'less' | 'more' | 'neither';
  /** Two runs that differ by no more are the same: as a share of the first, or in the figure's own unit. */
  readonly band: { readonly of: 'ratio' | 'difference'; readonly most: number };
  /** Shown where runs are compared; the others would bury these. */
  readonly isCompared: boolean;
  /** Undefined where the subject has no such figure. */
  readonly read: (subject: Subject) => number | undefined;
}

/** What runs minutes apart on a shared machine differ by anyway: the drift up to which a step counts. */
const usualBand = 0.1;
/** CPU time hardly depends on neighbours. */
const cpuBand = 0.05;
/** One in a hundred. */
const shareBand = { of: 'difference', most: 0.01 } as const;

type Stat = Exclude<keyof Spread, 'count'>;
// The further out, the fewer requests make the figure and the more it changes from run to run.
const statBands: Readonly<Record<Stat, number>> = {
  mean: usualBand,
  min: usualBand,
  p50: usualBand,
  p90: 0.15,
  p95: 0.2,
  p99: 0.25,
  p99_9: 0.5,
  max: 0.5,
};
const stats = Object.keys(statBands) as Stat[]; // the keys of the record just above
const spreads = ['latency_ms', 'service_ms', 'ttft_ms', 'itl_ms', 'tpot_ms', 'send_lag_ms'] as const;
const comparedSpreads: readonly string[] = ['latency_ms', 'ttft_ms', 'itl_ms', 'tpot_ms'];
const comparedStats: readonly Stat[] = ['p50', 'p99'];

export const figures: readonly Figure[] = [
  ofStep('requests_per_s', 'more', (step) => step.requests_per_s),
  ofStep('texts_per_s', 'more', (step) => step.texts_per_s),
  ofStep('tokens_in_per_s', 'more', (step) => step.tokens_in_per_s),
  ofStep('tokens_out_per_s', 'more', (step) => step.tokens_out_per_s),
  ...spreads.flatMap((spread) => stats.map((stat) => ofSpread(spread, stat))),
  { ...ofStep('goodput_share', 'more', (step) => step.goodput.share), band: shareBand },
  { ...ofStep('goodput_per_s', 'more', (step) => step.goodput.per_s), isCompared: false },
  { ...ofStep('error_share', 'less', errorShare), band: shareBand },
  ...outcomes.map((outcome): Figure => {
    const better = outcome === 'ok' ? 'more' : outcome === 'cancelled' ? 'neither' : 'less';
    return { ...ofStep(`outcomes.${outcome}`, better, (step) => step.outcomes[outcome]), isCompared: false };
  }),
  ofStep('requests', 'neither', (step) => step.requests),
  ofStep('duration_s', 'neither', (step) => step.duration_s),
  ofStep('client_cpu_share', 'neither', (step) => step.client.cpu_share),
  ofStep('event_loop_delay_p99_ms', 'neither', (step) => step.client.event_loop_delay_p99_ms),
  ofStep('server_rss_peak_mib', 'less', (step) => step.server?.rss_peak_mib),
  // It is around 0 where all is well, and ratios of that mean nothing.
  { ...ofStep('server_rss_slope_mib_per_min', 'less', (step) => step.server?.rss_slope_mib_per_min), isCompared: false },
  ofCpu('cpu_s_per_1000_requests'),
  ofCpu('cpu_s_per_1000_texts'),
  ofCpu('cpu_s_per_1000_tokens_out'),
  ofSubject('capacity_per_s', 'more', (subject) => (subject.kind === 'run' ? subject.run.capacity_per_s : undefined)),
  // A latency that did not come back took longer than any limit.
  ofSubject('recovery_s', 'less', (subject) =>
    subject.kind === 'overload' ? (subject.overload.recovery_s ?? Number.POSITIVE_INFINITY) : undefined,
  ),
  ...(['p50', 'max'] as const).map((stat) =>
    ofSubject(`${stat}_time_to_free_ms`, 'less', (subject) =>
      subject.kind === 'storm' ? timeToFree(subject.storm.time_to_free_ms, stat) : undefined,
    ),
  ),
  ofSubject('wasted_cpu_s', 'less', (subject) => (subject.kind === 'storm' ? subject.storm.wasted_cpu_s : undefined)),
];

export const figureNames: readonly string[] = figures.map(({ name }) => name);

export function figureNamed(name: string): Figure | undefined {
  return figures.find((figure) => figure.name === name);
}

function ofSubject(name: string, better: Figure['better'], read: Figure['read']): Figure {
  return { name, better, band: { of: 'ratio', most: usualBand }, isCompared: better !== 'neither', read };
}

function ofStep(name: string, better: Figure['better'], read: (step: StepSummary) => number | undefined): Figure {
  return ofSubject(name, better, (subject) => (subject.kind === 'step' ? read(subject.step) : undefined));
}

function ofSpread(spread: (typeof spreads)[number], stat: Stat): Figure {
  const better = spread === 'send_lag_ms' ? 'neither' : 'less';
  return {
    ...ofStep(`${stat}_${spread}`, better, (step) => (step[spread]?.count === 0 ? undefined : step[spread]?.[stat])),
    band: { of: 'ratio', most: statBands[stat] },
    isCompared: comparedSpreads.includes(spread) && comparedStats.includes(stat),
  };
}

function ofCpu(name: 'cpu_s_per_1000_requests' | 'cpu_s_per_1000_texts' | 'cpu_s_per_1000_tokens_out'): Figure {
  return { ...ofStep(name, 'less', (step) => step.server?.[name]), band: { of: 'ratio', most: cpuBand } };
}

/** Of all requests whose client wanted the answer, those that did not end well. */
function errorShare(step: StepSummary): number | undefined {
  const wanted = step.requests - step.outcomes.cancelled;
  return wanted === 0 ? undefined : 1 - step.outcomes.ok / wanted;
}

/** No round in which a slot came free is no time that could be short. */
function timeToFree(spread: Spread, stat: 'p50' | 'max'): number {
  return spread.count === 0 ? Number.POSITIVE_INFINITY : spread[stat];
}
