// How long things took: cumulative curves, gaps between tokens, sizes of batches.

import { styleAt } from './marks.mjs';
import { plot } from './plot.mjs';
import { wholeSteps, writes } from './scales.mjs';

const milliseconds = (name) => ({ name, isLogarithmic: true, write: writes.ms });
const stepName = ({ name, isVoid }) => (isVoid ? `${name} (VOID)` : name);

export function drawDistributions({ steps, batchSizes }) {
  const curves = (curveOf) =>
    steps.flatMap((step, index) => {
      const curve = curveOf(step);
      return curve.x.length === 0 ? [] : [{ name: stepName(step), x: curve.x, y: curve.y, isStepped: true, ...styleAt(index) }];
    });
  const share = { write: writes.percent, from: 0, to: 1.01 };
  plot('latency-cdf', { lines: curves((step) => step.latencyMs), x: milliseconds('latency'), y: share });
  plot('ttft-cdf', { lines: curves((step) => step.ttftMs), x: milliseconds('TTFT'), y: share });
  const gaps = steps.flatMap((step, index) =>
    step.gaps === undefined
      ? []
      : [{ name: stepName(step), x: step.gaps.edges, y: [...step.gaps.shares, 0], isStepped: true, ...styleAt(index) }],
  );
  plot('itl-histogram', {
    lines: gaps.map((line) => ({ ...line, isFilled: gaps.length === 1 })),
    x: milliseconds('gap'),
    y: { write: writes.percent, from: 0 },
  });
  if (batchSizes !== undefined) drawBatches(batchSizes);
}

function drawBatches(batchSizes) {
  const sorted = [...batchSizes].sort((a, b) => a.size - b.size);
  const counts = new Map(sorted.map(({ size, count }) => [size, count]));
  const largest = sorted.at(-1).size;
  // Sizes that never ran have their place in between, so that a bar is as wide as one size.
  const sizes = Array.from({ length: largest }, (_, index) => index + 1);
  plot('batch-sizes', {
    lines: [{ name: 'batches', x: sizes, y: sizes.map((size) => counts.get(size) ?? null), isBars: true, colour: 'series-1' }],
    x: { name: 'size', write: writes.count, from: 0.3, to: largest + 0.7, steps: wholeSteps },
    y: { write: writes.count, from: 0 },
  });
}
