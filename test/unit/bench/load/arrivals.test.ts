import { expect, test } from 'vitest';
import { type Arrivals, busiestPerS, Schedule, startsOf } from '../../../../src/bench/load/arrivals.ts';

const first = (arrivals: Arrivals, seed: number, count: number): number[] => {
  const starts = startsOf(arrivals, seed);
  return Array.from({ length: count }, () => starts() ?? Number.NaN);
};

const gaps = (starts: readonly number[]): number[] => starts.slice(1).map((at, index) => at - (starts[index] ?? 0));

const placesOf = (schedule: Schedule): (readonly [number, number])[] => {
  const places: [number, number][] = [];
  for (; !schedule.isOver; schedule.advance()) places.push([schedule.place, schedule.atMs]);
  return places;
};

test('constant arrivals keep one gap and do not add up rounding', () => {
  const starts = first({ kind: 'constant', ratePerS: 3 }, 1, 3_001);
  expect(starts.slice(0, 2)).toEqual([0, 1000 / 3]);
  // Within the rounding of one multiplication, after three thousand gaps.
  expect(starts.at(-1)).toBeCloseTo(1_000_000, 6);
});

test('poisson arrivals keep the rate and have exponential gaps', () => {
  const starts = first({ kind: 'poisson', ratePerS: 200 }, 7, 20_000);
  const all = gaps(starts);
  const mean = all.reduce((sum, gap) => sum + gap, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / all.length);
  // The mean of 20,000 draws has a deviation of 0.7 %: four of them. That of the deviation itself is 1.4 % at most.
  expect(Math.abs(mean - 5)).toBeLessThan(5 * 0.028);
  expect(Math.abs(deviation - 5)).toBeLessThan(5 * 0.056);
  expect(all.every((gap) => gap >= 0)).toBe(true);
});

test('a seed repeats its poisson arrivals and another has others', () => {
  const arrivals: Arrivals = { kind: 'poisson', ratePerS: 50 };
  expect(first(arrivals, 3, 100)).toEqual(first(arrivals, 3, 100));
  expect(first(arrivals, 3, 100)).not.toEqual(first(arrivals, 4, 100));
});

test('bursts start together and keep the rate', () => {
  const starts = first({ kind: 'bursts', ratePerS: 100, burstSize: 5 }, 1, 15);
  expect(starts).toEqual([0, 0, 0, 0, 0, 50, 50, 50, 50, 50, 100, 100, 100, 100, 100]);
});

test('a trace gives its own starts in order, then none', () => {
  const starts = startsOf({ kind: 'trace', startsMs: [30, 0, 10.5] }, 1);
  expect([starts(), starts(), starts(), starts()]).toEqual([0, 10.5, 30, undefined]);
});

test('a trace is as fast as its busiest second', () => {
  expect(busiestPerS({ kind: 'trace', startsMs: [5_000, 0, 1_999, 1_000, 1_500] })).toBe(3);
  expect(busiestPerS({ kind: 'trace', startsMs: [] })).toBe(0);
  expect(busiestPerS({ kind: 'bursts', ratePerS: 7, burstSize: 3 })).toBe(7);
});

test('a schedule ends by its number of requests or its duration, whichever is first', () => {
  const arrivals: Arrivals = { kind: 'constant', ratePerS: 100 };
  const ends = (end: { requests?: number; durationMs?: number }) => placesOf(new Schedule(startsOf(arrivals, 1), end)).length;
  expect(ends({ requests: 4 })).toBe(4);
  expect(ends({ durationMs: 60 })).toBe(6);
  expect(ends({ requests: 4, durationMs: 60 })).toBe(4);
  expect(ends({ requests: 40, durationMs: 60 })).toBe(6);
});

test('threads share a schedule out without changing it', () => {
  const make = (thread: number, threads: number) =>
    placesOf(new Schedule(startsOf({ kind: 'poisson', ratePerS: 10 }, 9), { requests: 50 }, thread, threads));
  const dealt = [0, 1, 2].flatMap((thread) => make(thread, 3)).sort(([a], [b]) => a - b);
  expect(dealt).toEqual(make(0, 1));
});
