// Steps as tables: those of one kind together, each with what it carried, how long that took, and what it cost the server.

import type { Spread, StepSummary } from '../run-summary.ts';
import { type FigureColumn, type FigureTable, figure, figureTable, text } from './figure-table.ts';
import { count, mebibytes, milliseconds, percent, perSecond, threeDigits } from './quantities.ts';

export type StepKind = NonNullable<StepSummary['kind']>;

export interface StepBlock {
  readonly kind: StepKind;
  readonly title: string;
  readonly about: string;
  readonly tables: readonly FigureTable[];
}

const openAbout =
  'sent on a schedule whatever the server does; latency counts from the intended start, so a stall is seen by all it delays';
const kinds: Readonly<Record<StepKind, { title: string; about: string }>> = {
  open: { title: 'Open loop', about: openAbout },
  closed: {
    title: 'Closed loop',
    about: 'each client waits for its answer before it asks again; a stall also stops the asking, so these quantiles hide it',
  },
  capacity: { title: 'Search for the capacity', about: 'open loop at rates that close in on the highest that holds the service level' },
  sweep: { title: 'Sweep', about: 'open loop, one row for each rate' },
};

/** One block for each kind, in the order in which the kinds first ran. */
export function stepBlocks(steps: readonly StepSummary[]): StepBlock[] {
  const present = new Set(steps.map(kindOf));
  return [...present].map((kind) => {
    const own = steps.filter((step) => kindOf(step) === kind);
    // Rates are compared row by row; a single condition is looked at closely.
    const isRamp = kind === 'sweep' || kind === 'capacity';
    const tables = [rateTable(own), isRamp ? quantileTable(own) : spreadTable(own)];
    return { kind, ...kinds[kind], tables: [...tables, clientTable(own), serverTable(own)].filter(hasFigures) };
  });
}

export function kindOf(step: StepSummary): StepKind {
  return step.kind ?? step.mode;
}

/** Where a step is named beside its figures, its being void is, too. */
export function stepLabel(step: StepSummary, label = step.name): string {
  return step.void_because.length === 0 ? label : `${label} (VOID)`;
}

const name = text<StepSummary>('step', (step) => stepLabel(step));

const carried: readonly FigureColumn<StepSummary>[] = [
  name,
  figure('offered', (step) => step.offered_per_s, perSecond),
  figure('clients', (step) => step.clients, count),
  figure('sent', (step) => step.requests, count),
  figure('ok', (step) => okShare(step), percent),
  figure('requests', (step) => step.requests_per_s, perSecond),
  figure('texts', (step) => step.texts_per_s, perSecond),
  figure('tokens in', (step) => step.tokens_in_per_s, perSecond),
  figure('tokens out', (step) => step.tokens_out_per_s, perSecond),
  figure('goodput share', (step) => step.goodput.share, percent),
  figure('goodput', (step) => step.goodput.per_s, perSecond),
];

/** Of the requests of a step, the share that ended well; undefined where there were none. */
export function okShare(step: StepSummary): number | undefined {
  return step.requests === 0 ? undefined : step.outcomes.ok / step.requests;
}

function rateTable(steps: readonly StepSummary[]): FigureTable {
  return figureTable('Rates', carried, steps);
}

/** Two quantiles of each figure, so that the rates stand below each other. */
function quantileTable(steps: readonly StepSummary[]): FigureTable {
  return figureTable<StepSummary>(
    'Times against the rate',
    [
      name,
      figure('offered', (step) => step.offered_per_s, perSecond),
      figure('TTFT p50', (step) => step.ttft_ms?.p50, milliseconds),
      figure('TTFT p99', (step) => step.ttft_ms?.p99, milliseconds),
      figure('ITL p50', (step) => step.itl_ms?.p50, milliseconds),
      figure('ITL p99', (step) => step.itl_ms?.p99, milliseconds),
      figure('TPOT p50', (step) => step.tpot_ms?.p50, milliseconds),
      figure('latency p50', (step) => step.latency_ms?.p50, milliseconds),
      figure('latency p99', (step) => step.latency_ms?.p99, milliseconds),
    ],
    steps,
  );
}

interface SpreadRow {
  readonly step: string;
  readonly figure: string;
  readonly spread: Spread;
}

const spreadColumns: readonly FigureColumn<SpreadRow>[] = [
  text('step', (row) => row.step),
  text('figure', (row) => row.figure),
  ...(['p50', 'p90', 'p95', 'p99', 'p99_9', 'max', 'mean'] as const).map((key) =>
    figure<SpreadRow>(key.replace('_', '.'), (row) => row.spread[key], milliseconds),
  ),
  figure('values', (row) => row.spread.count, count),
];

/** A row for each figure; a step is named on its first. */
function spreadTable(steps: readonly StepSummary[]): FigureTable {
  const rows = steps.flatMap((step) => {
    const spreads: [string, Spread | undefined][] = [
      ['TTFT', step.ttft_ms],
      ['ITL', step.itl_ms],
      ['TPOT', step.tpot_ms],
      ['latency', step.latency_ms],
      ['service', step.service_ms],
      ['send lag', step.send_lag_ms],
    ];
    return spreads
      .flatMap(([label, spread]) => (spread === undefined || spread.count === 0 ? [] : [{ figure: label, spread }]))
      .map((row, index) => ({ ...row, step: index === 0 ? stepLabel(step) : '' }));
  });
  return figureTable('Times', spreadColumns, rows);
}

function clientTable(steps: readonly StepSummary[]): FigureTable {
  return figureTable<StepSummary>(
    'The client itself',
    [
      name,
      figure('send lag p99', (step) => (step.send_lag_ms.count === 0 ? undefined : step.send_lag_ms.p99), milliseconds),
      figure('CPU share', (step) => step.client.cpu_share, percent),
      figure('event-loop delay p99', (step) => step.client.event_loop_delay_p99_ms, milliseconds),
      figure('threads', (step) => step.client.threads, count),
    ],
    steps,
  );
}

function serverTable(steps: readonly StepSummary[]): FigureTable {
  const cpuSeconds = (value: number) => `${threeDigits(value)} s`;
  return figureTable<StepSummary>(
    'The server',
    [
      name,
      figure('memory peak', (step) => step.server?.rss_peak_mib, mebibytes),
      figure(
        'slope',
        (step) => step.server?.rss_slope_mib_per_min,
        (value) => `${threeDigits(value)} MiB/min`,
      ),
      figure('CPU per 1,000 requests', (step) => step.server?.cpu_s_per_1000_requests, cpuSeconds),
      figure('per 1,000 texts', (step) => step.server?.cpu_s_per_1000_texts, cpuSeconds),
      figure('per 1,000 tokens out', (step) => step.server?.cpu_s_per_1000_tokens_out, cpuSeconds),
    ],
    steps.filter((step) => step.server !== undefined),
  );
}

function hasFigures(table: FigureTable): boolean {
  return table.rows.length > 0;
}
