// Many values reduced to a few that draw the same picture: cumulative curves and histograms.

/** `y` is the share of values at or below `x`. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Counts of values between neighbouring edges of one grid that all histograms share: bin `i` begins at `edgeOf(first + i)`. */
export interface Histogram {
  readonly first: number;
  readonly counts: readonly number[];
}

const mostPoints = 500;
/** As many are kept of the slowest, which is where the curve bends and people look. */
const tailPoints = 100;

/** The cumulative distribution in at most 500 points; the least and the largest value are always among them. */
export function cumulativeCurve(values: readonly number[]): Curve {
  const sorted = Float64Array.from(values).sort();
  const ranks = keptRanks(sorted.length);
  return { x: ranks.map((rank) => shortened(sorted[rank - 1] ?? 0)), y: ranks.map((rank) => shortened(rank / sorted.length, 6)) };
}

/** Ranks from 1 to `count`: all, or evenly spaced ones with more at the top, where each is a fixed factor nearer to the end than the last. */
function keptRanks(count: number): number[] {
  if (count <= mostPoints) return Array.from({ length: count }, (_, index) => index + 1);
  const evenPoints = mostPoints - tailPoints;
  const ranks = new Set(Array.from({ length: evenPoints }, (_, index) => 1 + Math.round((index * (count - 1)) / (evenPoints - 1))));
  for (let index = 0; index < tailPoints; index++) ranks.add(count - Math.round((count / evenPoints) ** (index / tailPoints)) + 1);
  return [...ranks].sort((a, b) => a - b);
}

/** Bins to a factor of ten: neighbouring edges are 12 % apart. */
const binsPerDecade = 20;
/** Units: milliseconds. Pieces that arrived together have no gap, and a logarithm needs one. */
const leastGap = 0.01;

export function edgeOf(bin: number): number {
  return 10 ** (bin / binsPerDecade);
}

/** Undefined where there are no values. */
export function histogram(values: readonly number[]): Histogram | undefined {
  if (values.length === 0) return undefined;
  const bins = values.map((value) => Math.floor(Math.log10(Math.max(value, leastGap)) * binsPerDecade));
  // No spread into arguments: a run may have millions of gaps.
  const first = bins.reduce((least, bin) => Math.min(least, bin), Number.POSITIVE_INFINITY);
  const last = bins.reduce((most, bin) => Math.max(most, bin), Number.NEGATIVE_INFINITY);
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const bin of bins) counts[bin - first] = (counts[bin - first] ?? 0) + 1;
  return { first, counts };
}

/** Fewer digits, so that the report stays small: no plot shows more than four. */
export function shortened(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}
