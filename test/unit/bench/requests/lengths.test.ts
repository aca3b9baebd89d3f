// Lengths are drawn as their distributions say.

import { expect, test } from 'vitest';
import { drawLength } from '../../../../src/bench/requests/lengths.ts';
import type { Length } from '../../../../src/bench/scenario-schema.ts';
import { seededRandom } from '../../../../src/core/seeded-random.ts';

function drawn(length: Length, count = 10_000): number[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => drawLength(length, random)).sort((one, other) => one - other);
}

test('a fixed length is that length', () => {
  expect(new Set(drawn(12, 10))).toEqual(new Set([12]));
});

test('a uniform length has each value between its ends, and none else', () => {
  const lengths = drawn({ uniform: { min: 3, max: 6 } });
  expect(new Set(lengths)).toEqual(new Set([3, 4, 5, 6]));
  // A quarter each: 2,500 ± 5 deviations of 43.
  for (const value of [3, 4, 5, 6]) expect(Math.abs(lengths.filter((length) => length === value).length - 2_500)).toBeLessThan(217);
});

test('a lognormal length has its median and its deviation, and ends at its maximum', () => {
  const lengths = drawn({ lognormal: { median: 1_000, sigma: 0.5, max: 4_096 } });
  // The rank of the median of 10,000 draws has a deviation of 50: 5 of them are 2.5 %, and there a percent is 0.0125 of the logarithm.
  expect(Math.abs(Math.log((lengths[5_000] ?? 0) / 1_000))).toBeLessThan(0.035);
  // One deviation above the median lie 84.13 % of them.
  expect(Math.abs(Math.log((lengths[8_413] ?? 0) / 1_000) - 0.5)).toBeLessThan(0.05);
  const clipped = drawn({ lognormal: { median: 2, sigma: 3, max: 5 } });
  expect([clipped[0], clipped.at(-1)]).toEqual([1, 5]);
  expect(clipped.every(Number.isInteger)).toBe(true);
});
