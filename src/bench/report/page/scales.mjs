// Axes: what values they carry, where their lines are, and how numbers on them are written.

const short = (value) => String(Number(value.toPrecision(3)));

/** Ways to write a number of each kind. */
export const writes = {
  ms: (value) => (value < 999.5 ? `${short(value)} ms` : `${short(value / 1_000)} s`),
  s: (value) => `${short(value)} s`,
  clock: (value) =>
    `${Math.floor(value / 60)}:${(value % 60).toFixed(Number.isInteger(value) ? 0 : 1).padStart(Number.isInteger(value) ? 2 : 4, '0')}`,
  perSecond: (value) => `${short(value)} /s`,
  percent: (value) => `${Number((value * 100).toPrecision(4))} %`,
  mib: (value) => `${short(value)} MiB`,
  cores: (value) => `${short(value)} cores`,
  count: (value) => short(value),
};

/** Distances between lines of an axis that has no fractions, and of one that reads like a clock (seconds). */
export const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000];
export const clockSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

const decadesSteps = [1, 2, 5];

/** 1, 2 and 5 of every power of ten from the last at or below the least to the first at or above the most. */
export function logarithmicTicks(least, most) {
  const all = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const step of decadesSteps) all.push(Number(`${step}e${power}`));
  }
  const first = all.findLastIndex((tick) => tick <= least);
  const last = all.findIndex((tick) => tick >= most);
  return all.slice(Math.max(0, first), last === -1 ? all.length : last + 1);
}

/** The ends of an axis: a logarithmic one ends on a line, a count or rate begins at 0. */
function rangeOf({ isLogarithmic, from, to, tight }, least, most) {
  if (least === null || most === null || least === undefined || most === undefined) return isLogarithmic ? [1, 10] : [0, 1];
  if (isLogarithmic) {
    const ticks = logarithmicTicks(Math.max(least, 1e-3), Math.max(most, least * 1.01, 1e-3));
    return [ticks[0], ticks.at(-1)];
  }
  if (tight) return least === most ? [least - 0.5, most + 0.5] : [least, most];
  return [from ?? least, to ?? (most > 0 ? most * 1.08 : 1)];
}

export function scaleOf(axis) {
  return {
    time: false,
    distr: axis.isLogarithmic ? 3 : 1,
    range: (_, least, most) => rangeOf(axis, least, most),
  };
}

/** Every axis ends in a number with its unit; of many lines on a logarithmic axis only those of 1 are named. */
export function axisOf(axis, scale, colours) {
  const isX = scale === 'x';
  return {
    scale,
    stroke: colours.softInk,
    font: '12px system-ui, sans-serif',
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1, size: 4 },
    border: { show: isX, stroke: colours.line, width: 1 },
    gap: 4,
    ...(isX ? { space: 64, size: 28 } : { space: 36, size: (_, values) => sizeFor(values) }),
    ...(axis.isLogarithmic
      ? {
          splits: (plot) => logarithmicTicks(plot.scales[scale].min, plot.scales[scale].max),
          filter: (plot, ticks) => named(ticks, plot, isX),
        }
      : {}),
    ...(axis.steps === undefined ? {} : { incrs: axis.steps }),
    values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : axis.write(tick))),
  };
}

function named(ticks, plot, isX) {
  const length = (isX ? plot.width : plot.height) / Math.max(1, ticks.length - 1);
  return length > (isX ? 52 : 18) ? ticks : ticks.map((tick) => (String(tick).replace(/[.0]/g, '').startsWith('1') ? tick : null));
}

function sizeFor(values) {
  const longest = Math.max(4, ...(values ?? []).map((value) => value.length));
  return 14 + longest * 6.6;
}
