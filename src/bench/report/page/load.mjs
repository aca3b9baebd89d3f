// Figures against the offered rate: where a server begins to queue, and how much of what is asked it carries.

import { plot } from './plot.mjs';
import { writes } from './scales.mjs';

const timeStyles = {
  'TTFT p50': { colour: 'series-1', dash: [] },
  'TTFT p99': { colour: 'series-1', dash: [8, 4], isHollow: true },
  'latency p50': { colour: 'series-2', dash: [] },
  'latency p99': { colour: 'series-2', dash: [8, 4], isHollow: true },
};
const rateStyles = {
  offered: { colour: 'soft-ink', dash: [2, 3], hasDots: false },
  'ended well': { colour: 'series-1', dash: [] },
  goodput: { colour: 'series-3', dash: [8, 4], isHollow: true },
};

export function drawLoad(load) {
  if (load === undefined) return;
  const lines = (values, styles) =>
    Object.entries(values).map(([name, y]) => ({ name, x: load.offeredPerS, y, hasDots: true, ...styles[name] }));
  const x = { name: 'offered', write: writes.perSecond, from: 0 };
  const marks = [
    ...(load.capacityPerS === undefined ? [] : [{ name: 'holds the service level', at: load.capacityPerS }]),
    ...load.voidPerS.map((at) => ({ name: 'VOID', at })),
  ].sort((a, b) => a.at - b.at);
  plot('load-times', { lines: lines(load.times, timeStyles), x, y: { isLogarithmic: true, write: writes.ms }, marks });
  plot('load-rates', { lines: lines(load.rates, rateStyles), x, y: { write: writes.perSecond, from: 0 }, marks });
}
