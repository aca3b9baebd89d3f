// A spread from measured values: every quantile is a value that was seen, because an interpolated tail is one that nobody waited for.

import type { Spread } from '../run-summary.ts';

/** What stands where there were no values but a spread has to be. `count` tells. */
export const emptySpread: Spread = { count: 0, mean: 0, min: 0, p50: 0, p90: 0, p95: 0, p99: 0, p99_9: 0, max: 0 };

/** The spread of finite numbers, in their unit. Undefined where there are none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = sortedOf(values);
  if (sorted.length === 0) return undefined;
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    min: atPermille(sorted, 0),
    p50: atPermille(sorted, 500),
    p90: atPermille(sorted, 900),
    p95: atPermille(sorted, 950),
    p99: atPermille(sorted, 990),
    p99_9: atPermille(sorted, 999),
    max: atPermille(sorted, 1_000),
  };
}

/** Ascending. A typed array sorts by number without a comparison function, many times faster where there are a million gaps. */
export function sortedOf(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The least value that is not below `permille` thousandths of all of them (nearest rank). Thousandths are whole, since 0.95 × 20 may
 * come out above 19 in floating point and would pick the next rank. `sorted` is ascending and not empty.
 */
export function atPermille(sorted: Float64Array, permille: number): number {
  const rank = Math.ceil((permille * sorted.length) / 1_000);
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
}
