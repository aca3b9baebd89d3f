// The few figures that a reader looks for first.

import type { RunSummary, StepSummary } from '../../run-summary.ts';
import { count, milliseconds, percent, perSecond } from '../quantities.ts';
import { allSteps } from '../warnings.ts';
import { escapeText } from './escape.ts';

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly about: string;
}

/** Figures of void steps are in no tile but those that count requests. */
export function tiles(summary: RunSummary): string {
  const made = tilesOf(summary).map(
    ({ label, value, about }) =>
      `<div><dt>${escapeText(label)}</dt><dd><strong>${escapeText(value)}</strong><small>${escapeText(about)}</small></dd></div>`,
  );
  return `<dl class="tiles">\n${made.join('\n')}\n</dl>`;
}

function tilesOf(summary: RunSummary): Tile[] {
  const sound = summary.steps.filter((step) => step.void_because.length === 0);
  const [first] = sound;
  return [
    ...requestTiles(summary),
    ...(summary.capacity_per_s === undefined
      ? []
      : [{ label: 'Highest rate', value: perSecond(summary.capacity_per_s), about: 'that holds the service level' }]),
    ...fastest('Requests', sound, (step) => step.requests_per_s),
    ...fastest('Texts', sound, (step) => step.texts_per_s),
    ...fastest('Tokens out', sound, (step) => step.tokens_out_per_s),
    ...(first === undefined ? [] : timeTiles(first)),
  ];
}

function requestTiles(summary: RunSummary): Tile[] {
  const steps = allSteps(summary).map(({ step }) => step);
  const sent = steps.reduce((sum, step) => sum + step.requests, 0);
  const ok = steps.reduce((sum, step) => sum + step.outcomes.ok, 0);
  return [{ label: 'Requests', value: count(sent), about: sent === 0 ? 'none was sent' : `${percent(ok / sent)} ended well` }];
}

function fastest(label: string, steps: readonly StepSummary[], rateOf: (step: StepSummary) => number | undefined): Tile[] {
  const best = steps
    .flatMap((step) => {
      const rate = rateOf(step);
      return rate === undefined ? [] : [{ rate, name: step.name }];
    })
    .sort((a, b) => b.rate - a.rate)[0];
  return best === undefined ? [] : [{ label: `${label}, at best`, value: perSecond(best.rate), about: `in ${best.name}` }];
}

function timeTiles(step: StepSummary): Tile[] {
  const of = (label: string, spread: StepSummary['latency_ms']) =>
    spread === undefined || spread.count === 0
      ? []
      : [{ label, value: milliseconds(spread.p50), about: `p99 ${milliseconds(spread.p99)}, in ${step.name}` }];
  return [
    ...of('TTFT, p50', step.ttft_ms),
    ...of('Latency, p50', step.latency_ms),
    { label: 'Goodput', value: percent(step.goodput.share), about: `${perSecond(step.goodput.per_s)}, in ${step.name}` },
  ];
}
