import { expect, test } from 'vitest';
import { normalise, poolRow } from '../../../workers/text/pooling.ts';

// Two rows of three tokens, two wide. The second row has two real tokens; its third is padding that must not count.
const hidden = Float32Array.of(1, 2, 3, 4, 5, 9, /* row 1 */ 10, 20, 30, 40, 1000, 1000);
const pool = (row: number, length: number, pooling: 'mean' | 'cls' | 'last') => [...poolRow(hidden, row, 3, 2, length, pooling)];

test('mean is that of the real tokens', () => {
  expect(pool(0, 3, 'mean')).toEqual([3, 5]);
  expect(pool(1, 2, 'mean')).toEqual([20, 30]);
});

test('cls is the first token', () => {
  expect(pool(0, 3, 'cls')).toEqual([1, 2]);
  expect(pool(1, 2, 'cls')).toEqual([10, 20]);
});

test('last is the last real token', () => {
  expect(pool(0, 3, 'last')).toEqual([5, 9]);
  expect(pool(1, 2, 'last')).toEqual([30, 40]);
});

test('a pooled vector is no view of the hidden states', () => {
  for (const pooling of ['mean', 'cls', 'last'] as const) {
    poolRow(hidden, 0, 3, 2, 3, pooling).fill(0);
    expect([...hidden.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 9]);
  }
});

test('a vector is scaled to unit length in place', () => {
  const vector = Float32Array.of(3, 4);
  expect(normalise(vector)).toBe(vector);
  expect(vector).toEqual(Float32Array.of(0.6, 0.8));
});

test('a zero vector stays zero', () => {
  expect([...normalise(new Float32Array(3))]).toEqual([0, 0, 0]);
});
