import { expect, test } from 'vitest';
import { planBatches } from '../../../workers/text/batch-plan.ts';

const sizes = (batches: readonly (readonly number[])[]) => batches.map((batch) => batch.length);

test('texts of like length come together, shortest first', () => {
  expect(planBatches([9, 2, 8, 3], 24)).toEqual([[1, 3, 2], [0]]);
});

test('rows times the longest row stays within the budget', () => {
  const lengths = Array.from({ length: 200 }, (_, index) => 1 + ((index * 37) % 64));
  for (const batch of planBatches(lengths, 256)) {
    expect(batch.length * Math.max(...batch.map((index) => lengths[index] ?? 0))).toBeLessThanOrEqual(256);
  }
});

test('each text is in one batch', () => {
  const lengths = Array.from({ length: 100 }, (_, index) => 1 + ((index * 53) % 300));
  const planned = planBatches(lengths, 512).flat();
  expect(planned.sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
});

test('a text longer than the budget is a batch of its own', () => {
  expect(planBatches([50, 5, 60], 20)).toEqual([[1], [0], [2]]);
});

test('texts that fill the kernels alone have no company, whatever the budget', () => {
  expect(sizes(planBatches([64, 64, 65, 65], 10_000))).toEqual([2, 1, 1]);
});

test('a budget of one token puts each text alone', () => {
  expect(sizes(planBatches([1, 1, 7], 1))).toEqual([1, 1, 1]);
});

test('no texts make no batches', () => {
  expect(planBatches([], 100)).toEqual([]);
});
