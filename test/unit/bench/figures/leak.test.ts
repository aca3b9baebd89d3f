import { expect, test } from 'vitest';
import { leakNote } from '../../../../src/bench/figures/leak.ts';
import { seededRandom } from '../../../../src/core/seeded-random.ts';

/** A minute of samples, two a second, of memory as a function of the share of it that has passed. */
const minute = (rssMib: (share: number) => number) =>
  Array.from({ length: 121 }, (_, index) => ({ atMs: index * 500, rssMib: rssMib(index / 120), cpuS: 0 }));

test('memory that grows until the end is told with its pace', () => {
  expect(leakNote(minute((share) => 200 + 60 * share))).toBe('the memory of the server grew by 60 MiB a minute until the end: it may leak');
});

test('a leak shows through the saw of a collector', () => {
  const random = seededRandom(3);
  const saw = minute((share) => 200 + 60 * share + 20 * ((share * 15) % 1) + random());
  expect(leakNote(saw)).toContain('MiB a minute');
});

test('a saw alone, noise alone and memory that falls are no leak', () => {
  const random = seededRandom(4);
  expect(leakNote(minute((share) => 200 + 20 * ((share * 15) % 1)))).toBeUndefined();
  expect(leakNote(minute(() => 200 + 30 * random()))).toBeUndefined();
  // A rise that is not sure: its standard error is near 16 MiB a minute.
  let isHigh = false;
  const uneasy = minute((share) => {
    isHigh = !isHigh;
    return 200 + 20 * share + (isHigh ? 100 : 0);
  });
  expect(leakNote(uneasy)).toBeUndefined();
  expect(leakNote(minute((share) => 200 - 60 * share))).toBeUndefined();
  expect(leakNote(minute(() => 200))).toBeUndefined();
});

test('a server that fills its caches at first is no leak', () => {
  expect(leakNote(minute((share) => 200 + 100 * Math.min(share * 4, 1)))).toBeUndefined();
  expect(leakNote(minute((share) => 200 + 100 * (1 - Math.exp(-5 * share))))).toBeUndefined();
});

test('growth of a few MiB and too few samples say nothing', () => {
  expect(leakNote(minute((share) => 200 + 7 * share))).toBeUndefined();
  expect(leakNote(minute((share) => 2_000 + 30 * share))).toBeUndefined();
  expect(leakNote(minute((share) => 200 + 60 * share).slice(0, 11))).toBeUndefined();
  expect(leakNote([])).toBeUndefined();
});
