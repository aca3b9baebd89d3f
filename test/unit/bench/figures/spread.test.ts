import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atPermille, sortedOf, spreadOf } from '../../../../src/bench/figures/spread.ts';

const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('no values have no spread', () => {
  expect(spreadOf([])).toBeUndefined();
});

test('one value is all of its quantiles', () => {
  expect(spreadOf([7])).toEqual({ count: 1, mean: 7, min: 7, p50: 7, p90: 7, p95: 7, p99: 7, p99_9: 7, max: 7 });
});

test('the quantiles of one to a thousand are their ranks, in whatever order the values come', () => {
  const truth = { count: 1_000, mean: 500.5, min: 1, p50: 500, p90: 900, p95: 950, p99: 990, p99_9: 999, max: 1_000 };
  expect(spreadOf(oneTo(1_000))).toEqual(truth);
  expect(spreadOf(oneTo(1_000).reverse())).toEqual(truth);
});

test('numbers are ordered as numbers, not as text', () => {
  expect(spreadOf([10, 9, 100])).toMatchObject({ min: 9, p50: 10, max: 100 });
});

test('the tail of a hundred values is its largest', () => {
  expect(spreadOf(oneTo(100))).toMatchObject({ p99: 99, p99_9: 100, max: 100 });
});

test('a quantile whose rank is whole is that value and not the next one', () => {
  // 0.95 × 20 and its like, where multiplying with a fraction may come out a little too high.
  for (const count of [20, 40, 60, 120, 140, 220, 1_140]) expect(atPermille(sortedOf(oneTo(count)), 950)).toBe((count * 95) / 100);
});

const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 });

test('a quantile is a value that was seen, with at least its share of values not above it', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1_000 }), (seen, permille) => {
      const quantile = atPermille(sortedOf(seen), permille);
      expect(seen).toContain(quantile === 0 ? seen.find((value) => value === 0) : quantile);
      const notAbove = seen.filter((value) => value <= quantile).length;
      const below = seen.filter((value) => value < quantile).length;
      expect(notAbove * 1_000).toBeGreaterThanOrEqual(permille * seen.length);
      expect(below * 1_000).toBeLessThan(permille * seen.length);
    }),
  );
});

test('quantiles do not fall as they go up', () => {
  fc.assert(
    fc.property(values, (seen) => {
      const spread = spreadOf(seen);
      const rising = spread === undefined ? [] : [spread.min, spread.p50, spread.p90, spread.p95, spread.p99, spread.p99_9, spread.max];
      expect(rising).toHaveLength(7);
      expect([...rising].sort((a, b) => a - b)).toEqual(rising);
    }),
  );
});
