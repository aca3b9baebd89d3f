// Overloads as a table: before, during and after each, and how long the way back took.

import type { OverloadSummary, StepSummary } from '../run-summary.ts';
import { type FigureTable, figure, figureTable, text } from './figure-table.ts';
import { count, milliseconds, percent, perSecond, seconds } from './quantities.ts';
import { okShare, stepLabel } from './step-tables.ts';

interface OverloadRow {
  readonly overload: string;
  readonly part: string;
  readonly step: StepSummary;
}

export function overloadTable(overloads: readonly OverloadSummary[]): FigureTable {
  const rows = overloads.flatMap(({ name, times, base, overload, recovery }): OverloadRow[] => [
    { overload: name, part: 'before', step: base },
    { overload: '', part: `at ${times}×`, step: overload },
    { overload: '', part: 'after', step: recovery },
  ]);
  return figureTable<OverloadRow>(
    'Before, during and after',
    [
      text('overload', (row) => row.overload),
      text('part', ({ step, part }) => stepLabel(step, part)),
      figure('offered', ({ step }) => step.offered_per_s, perSecond),
      figure('sent', ({ step }) => step.requests, count),
      figure('ok', ({ step }) => okShare(step), percent),
      figure('rejected', ({ step }) => step.outcomes.rejected || undefined, count),
      figure('timeout', ({ step }) => step.outcomes.timeout || undefined, count),
      figure('requests', ({ step }) => step.requests_per_s, perSecond),
      figure('goodput', ({ step }) => step.goodput.per_s, perSecond),
      figure('TTFT p50', ({ step }) => step.ttft_ms?.p50, milliseconds),
      figure('TTFT p99', ({ step }) => step.ttft_ms?.p99, milliseconds),
      figure('latency p50', ({ step }) => step.latency_ms?.p50, milliseconds),
      figure('latency p99', ({ step }) => step.latency_ms?.p99, milliseconds),
    ],
    rows,
  );
}

/** One sentence for each overload. */
export function recoveries(overloads: readonly OverloadSummary[]): string[] {
  return overloads.map(({ name, recovery_s }) =>
    recovery_s === undefined
      ? `${name}: latency did not come back within twice the p50 from before, in the time given to it`
      : `${name}: latency was back within twice the p50 from before after ${seconds(recovery_s)}`,
  );
}
