import { expect, test } from 'vitest';
import { gapsOf, goodput, keepsLevel } from '../../../../src/bench/figures/goodput.ts';
import { aLevel, aRecord, aStream } from './a-record.ts';

test('an embedding keeps the level up to its latency, counted from the intended start', () => {
  expect(keepsLevel(aRecord({ endMs: 100 }), aLevel)).toBe(true);
  expect(keepsLevel(aRecord({ endMs: 100.01 }), aLevel)).toBe(false);
  expect(keepsLevel(aRecord({ intendedMs: 1_000, sentMs: 1_090, endMs: 1_101 }), aLevel)).toBe(false);
});

test('predict is judged by latency, even where it streams', () => {
  expect(keepsLevel(aStream([20, 90], { route: 'predict' }), aLevel)).toBe(true);
  expect(keepsLevel(aStream([20, 120], { route: 'predict' }), aLevel)).toBe(false);
});

test('a stream keeps the level by its first token and the p99 of its own gaps, however long it is', () => {
  expect(keepsLevel(aStream([500, 600, 700]), aLevel)).toBe(true);
  expect(keepsLevel(aStream([501, 600, 700]), aLevel)).toBe(false);
  expect(keepsLevel(aStream([100, 201]), aLevel)).toBe(false);
  expect(keepsLevel(aStream([100]), aLevel)).toBe(true);
});

test('one long gap of two hundred is beyond the p99 and forgiven, three are not', () => {
  const withLong = (long: number): number[] => {
    const times = [0];
    for (let gap = 0; gap < 200; gap++) times.push((times.at(-1) ?? 0) + (gap < long ? 150 : 10));
    return times;
  };
  expect(keepsLevel(aStream(withLong(1)), aLevel)).toBe(true);
  expect(keepsLevel(aStream(withLong(2)), aLevel)).toBe(true);
  expect(keepsLevel(aStream(withLong(3)), aLevel)).toBe(false);
});

test('text in one piece may take as long as a stream that just keeps the level', () => {
  expect(keepsLevel(aStream([], { tokensOut: 11, endMs: 1_500 }), aLevel)).toBe(true);
  expect(keepsLevel(aStream([], { tokensOut: 11, endMs: 1_501 }), aLevel)).toBe(false);
  expect(keepsLevel(aStream([], { endMs: 500 }), aLevel)).toBe(true);
  expect(keepsLevel(aStream([], { endMs: 501 }), aLevel)).toBe(false);
  expect(keepsLevel(aStream([], { tokensOut: 0, endMs: 500 }), aLevel)).toBe(true);
});

test('only a request that ended well keeps the level', () => {
  for (const outcome of ['rejected', 'timeout', 'connection_error', 'wrong_answer', 'truncated', 'cancelled'] as const) {
    expect(keepsLevel(aRecord({ outcome }), aLevel)).toBe(false);
  }
});

test('failures count against goodput and clients that were to leave do not count', () => {
  const records = [
    aRecord(),
    aRecord({ endMs: 500 }),
    aRecord({ outcome: 'rejected' }),
    aRecord({ outcome: 'timeout' }),
    aRecord({ outcome: 'cancelled', leave: 'queued' }),
    aRecord({ leave: 'queued' }),
  ];
  expect(goodput(records, aLevel, 2)).toEqual({ share: 0.25, per_s: 0.5 });
});

test('where nobody stays the goodput is 0', () => {
  expect(goodput([aRecord({ leave: 'queued' })], aLevel, 1)).toEqual({ share: 0, per_s: 0 });
  expect(goodput([], aLevel, 0)).toEqual({ share: 0, per_s: 0 });
});

test('a stream has one gap fewer than pieces', () => {
  expect(gapsOf([5, 7, 12])).toEqual([2, 5]);
  expect(gapsOf([5])).toEqual([]);
  expect(gapsOf([])).toEqual([]);
});
