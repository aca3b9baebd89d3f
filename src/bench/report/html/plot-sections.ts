// Which plots a report has: a figure is only there when there is something to draw in it.

import type { PageData } from './page-data.ts';
import { plotFigure, plots, section } from './parts.ts';

export function distributionPlots({ steps }: PageData): string {
  const figures = [
    ...(steps.some(({ latencyMs }) => latencyMs.x.length > 0)
      ? [plotFigure('latency-cdf', 'Latency: share of requests that took at most so long')]
      : []),
    ...(steps.some(({ ttftMs }) => ttftMs.x.length > 0)
      ? [plotFigure('ttft-cdf', 'TTFT: share of requests that waited at most so long')]
      : []),
    ...(steps.some(({ gaps }) => gaps !== undefined)
      ? [plotFigure('itl-histogram', 'ITL: share of the gaps that were about so long')]
      : []),
  ];
  return section('Distributions', [plots(figures)], 'Of requests that ended well. The time axis is logarithmic.');
}

export function loadPlots({ load }: PageData): string {
  if (load === undefined) return '';
  const figures = [
    ...(Object.keys(load.times).length > 0 ? [plotFigure('load-times', 'Times against the offered rate')] : []),
    plotFigure('load-rates', 'What was carried against the offered rate'),
  ];
  return section('Against the load', [plots(figures)], 'Each dot is a step. Where a line bends upwards, requests begin to queue.');
}

export function timePlots({ steps, server }: PageData): string {
  const timelines = steps.map(({ timeline }) => timeline);
  const figures = [
    ...(timelines.some(({ atS }) => atS.length > 0) ? [plotFigure('outcomes', 'Requests that ended, a second', true)] : []),
    ...(timelines.some(({ tokensPerS }) => tokensPerS !== undefined) ? [plotFigure('tokens', 'Tokens out, a second', true)] : []),
    ...(timelines.some(({ textsPerS }) => textsPerS !== undefined) ? [plotFigure('texts', 'Texts embedded, a second', true)] : []),
    ...(timelines.some(({ leaves }) => Object.keys(leaves).length > 0) ? [plotFigure('leaves', 'Clients that left on purpose', true)] : []),
    ...(server === undefined ? [] : [plotFigure('memory', 'Memory of the server'), plotFigure('cpu', 'CPU of the server')]),
  ];
  return section('Over time', [plots(figures)], 'Bins of about one second, by when requests ended. A line marks where a step begins.');
}

export function stormPlots({ storms }: PageData): string {
  return plots(
    storms.flatMap(({ name }, index) => [
      plotFigure(`storm-${index}-latency`, `${name}: latency of those who stay`),
      plotFigure(`storm-${index}-leaves`, `${name}: clients that left`),
    ]),
  );
}

export function batchPlot({ batchSizes }: PageData): string {
  if (batchSizes === undefined) return '';
  return section('Batches', [plots([plotFigure('batch-sizes', 'Batches that the server ran, by size')])], 'As the server tells.');
}
