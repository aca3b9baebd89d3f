import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ratioInterval } from '../../../../src/bench/figures/interval.ts';
import { seededRandom } from '../../../../src/core/seeded-random.ts';

/** Sums of twelve uniform numbers: near a normal distribution with this mean and a deviation of a tenth of it. */
function around(mean: number, count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
  return Array.from({ length: count }, () => mean * (1 + normal() / 10));
}

test('values without a spread have an interval of one point', () => {
  for (const of of ['mean', 'median'] as const) {
    expect(ratioInterval([4, 4, 4], [6, 6], { of, seed: 1, resamples: 50 })).toEqual({ ratio: 1.5, low: 1.5, high: 1.5 });
  }
});

test('a side without values, or a denominator of 0, has no ratio', () => {
  expect(ratioInterval([], [1], { of: 'mean', seed: 1 })).toBeUndefined();
  expect(ratioInterval([1], [], { of: 'mean', seed: 1 })).toBeUndefined();
  expect(ratioInterval([0, 0], [1], { of: 'median', seed: 1 })).toBeUndefined();
});

test('the same seed gives the same interval and another seed another', () => {
  const interval = (seed: number) => ratioInterval(around(10, 40, 1), around(12, 40, 2), { of: 'mean', seed, resamples: 200 });
  expect(interval(7)).toEqual(interval(7));
  expect(interval(7)).not.toEqual(interval(8));
});

test('the interval of means is as wide as theory says', () => {
  const interval = ratioInterval(around(10, 100, 3), around(15, 100, 4), { of: 'mean', seed: 5 });
  // Each mean has a deviation of 1 % of it, so the ratio has 1.5 × 1.41 % = 2.1 %, and 95 % lie within 1.96 of these on either side: 0.083
  // wide. The deviation of a hundred values is itself known to 7 %, that of 2,000 resamples' ends to some more: 25 % of slack.
  const width = (interval?.high ?? 0) - (interval?.low ?? 0);
  expect(width).toBeGreaterThan(0.083 * 0.75);
  expect(width).toBeLessThan(0.083 * 1.25);
});

test('of many pairs of samples about 95 % have the truth in their interval', () => {
  for (const of of ['mean', 'median'] as const) {
    let holds = 0;
    for (let pair = 0; pair < 100; pair++) {
      const interval = ratioInterval(around(10, 60, 2 * pair + 1), around(12, 60, 2 * pair + 2), { of, seed: pair, resamples: 300 });
      if (interval !== undefined && interval.low <= 1.2 && interval.high >= 1.2) holds++;
    }
    // Seeded, so it does not flake. The deviation of the count is 2.2: three of these, and the known optimism of small bootstraps.
    expect(holds).toBeGreaterThanOrEqual(86);
    expect(holds).toBeLessThan(100);
  }
});

test('the median of a resample is its middle value', () => {
  // Drawing three of three with replacement, the middle one is the median in 13 of 27 cases, and each other one in 7.
  const counts = new Map<number | undefined, number>();
  for (let seed = 0; seed < 540; seed++) {
    const median = ratioInterval([1], [1, 2, 3], { of: 'median', seed, resamples: 1 })?.low;
    counts.set(median, (counts.get(median) ?? 0) + 1);
  }
  // Four deviations of the counts, which are 11.6 and 10.2; seeded, so it does not flake.
  expect(Math.abs((counts.get(2) ?? 0) - 260)).toBeLessThan(47);
  expect(Math.abs((counts.get(1) ?? 0) - 140)).toBeLessThan(41);
  expect(Math.abs((counts.get(3) ?? 0) - 140)).toBeLessThan(41);
});

test('an interval lies within what the values allow, and holds the ratio of medians of equal sides', () => {
  const side = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(side, side, fc.constantFrom('mean' as const, 'median' as const), (a, b, of) => {
      const interval = ratioInterval(a, b, { of, seed: 1, resamples: 40 });
      const [least, most] = [Math.min(...b) / Math.max(...a), Math.max(...b) / Math.min(...a)];
      // The last digit of a sum of up to thirty numbers.
      const slack = 1 + 1e-12;
      for (const value of [interval?.ratio, interval?.low, interval?.high]) {
        expect(value).toBeGreaterThanOrEqual(least / slack);
        expect(value).toBeLessThanOrEqual(most * slack);
      }
      expect(interval?.low).toBeLessThanOrEqual(interval?.high ?? Number.NaN);
    }),
  );
});
