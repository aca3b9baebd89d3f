// Cancel storms as tables: what clients that leave cost, and what those who stay notice of it.

import type { StepSummary, StormSummary } from '../run-summary.ts';
import { type FigureTable, figure, figureTable, text } from './figure-table.ts';
import { count, milliseconds, percent, threeDigits } from './quantities.ts';
import { okShare, stepLabel } from './step-tables.ts';

const phases: Readonly<Record<StormSummary['phase'], string>> = {
  queued: 'queued',
  before_first_token: 'before the first token',
  mid_stream: 'in mid-stream',
};

export function phaseName(phase: StormSummary['phase']): string {
  return phases[phase];
}

export function stormTable(storms: readonly StormSummary[]): FigureTable {
  return figureTable<StormSummary>(
    'Clients that left',
    [
      text('storm', (storm) => storm.name),
      text('left while', (storm) => phaseName(storm.phase)),
      figure('clients', (storm) => storm.clients, count),
      figure('share leaving', (storm) => storm.share, percent),
      figure('left', (storm) => storm.left, count),
      // No value where no round saw the server free again.
      figure('places freed', (storm) => storm.freed_share, percent),
      figure('time to free p50', (storm) => freed(storm)?.p50, milliseconds),
      figure('time to free max', (storm) => freed(storm)?.max, milliseconds),
      figure(
        'wasted CPU',
        (storm) => storm.wasted_cpu_s,
        (value) => `${threeDigits(value)} s`,
      ),
    ],
    storms,
  );
}

function freed(storm: StormSummary): StormSummary['time_to_free_ms'] | undefined {
  return storm.time_to_free_ms.count === 0 ? undefined : storm.time_to_free_ms;
}

interface StayerRow {
  readonly storm: string;
  readonly weather: string;
  readonly step: StepSummary;
}

export function stayerTable(storms: readonly StormSummary[]): FigureTable {
  const rows = storms.flatMap(({ name, stayers }): StayerRow[] => [
    { storm: name, weather: 'nobody leaves', step: stayers.calm },
    { storm: '', weather: 'storm', step: stayers.storm },
  ]);
  return figureTable<StayerRow>(
    'Clients that stayed',
    [
      text('storm', (row) => row.storm),
      text('load', ({ step, weather }) => stepLabel(step, weather)),
      figure('sent', ({ step }) => step.requests, count),
      figure('ok', ({ step }) => okShare(step), percent),
      figure('TTFT p50', ({ step }) => step.ttft_ms?.p50, milliseconds),
      figure('TTFT p99', ({ step }) => step.ttft_ms?.p99, milliseconds),
      figure('ITL p99', ({ step }) => step.itl_ms?.p99, milliseconds),
      figure('latency p50', ({ step }) => step.latency_ms?.p50, milliseconds),
      figure('latency p99', ({ step }) => step.latency_ms?.p99, milliseconds),
    ],
    rows,
  );
}
