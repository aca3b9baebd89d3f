import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpuBetween, samplesAround, serverFigures, slopeOf } from '../../../../src/bench/figures/server-figures.ts';

/** One sample a second: memory from 100 MiB by `mibPerS`, CPU time by `cpuPerS`. */
function samples(count: number, mibPerS: number, cpuPerS: number) {
  return Array.from({ length: count }, (_, index) => ({ atMs: index * 1_000, rssMib: 100 + index * mibPerS, cpuS: 5 + index * cpuPerS }));
}

test('CPU time is what was used in the window, between samples too', () => {
  const taken = samples(11, 0, 0.5);
  expect(cpuBetween(taken, 0, 10_000)).toBe(5);
  expect(cpuBetween(taken, 2_500, 7_500)).toBe(2.5);
  expect(cpuBetween(taken, 1_200, 1_800)).toBeCloseTo(0.3, 12);
});

test('outside of the samples no CPU time is made up', () => {
  const taken = samples(3, 0, 1);
  expect(cpuBetween(taken, -5_000, 50_000)).toBe(2);
  expect(cpuBetween([], 0, 1_000)).toBe(0);
});

test('figures per thousand divide by what ended well, and are absent where nothing did', () => {
  const figures = serverFigures(samples(11, 0.5, 0.5), { fromMs: 2_000, untilMs: 6_000 }, { requests: 100, texts: 400, tokensOut: 0 });
  expect(figures).toEqual({
    rss_peak_mib: 103,
    rss_slope_mib_per_min: 30,
    cpu_s_per_1000_requests: 20,
    cpu_s_per_1000_texts: 5,
  });
});

test('a step shorter than the interval is judged by the samples around it', () => {
  const taken = samples(11, 1, 0.5);
  expect(samplesAround(taken, 3_200, 3_800).map(({ atMs }) => atMs)).toEqual([3_000, 4_000]);
  expect(serverFigures(taken, { fromMs: 3_200, untilMs: 3_800 }, { requests: 3 })).toMatchObject({ rss_peak_mib: 104 });
});

test('fewer than two samples give no figures', () => {
  expect(serverFigures([], { fromMs: 0, untilMs: 1 }, { requests: 1 })).toBeUndefined();
  expect(serverFigures(samples(1, 0, 0), { fromMs: 0, untilMs: 1 }, { requests: 1 })).toBeUndefined();
});

test('the slope of a line is its own, without error, wherever it begins', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 60 }),
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: 0, max: 1e9 }),
      (count, slope, from) => {
        const taken = samples(count, slope, 0).map((sample) => ({ ...sample, atMs: sample.atMs + from }));
        const { perMs, error } = slopeOf(taken);
        // Sums of up to sixty products of numbers up to 1e9 keep nine digits.
        expect(perMs * 1_000).toBeCloseTo(slope, 6);
        expect(error * 1_000).toBeCloseTo(0, 6);
      },
    ),
  );
});

test('two samples and samples of one moment have no slope', () => {
  expect(slopeOf(samples(2, 9, 0))).toEqual({ perMs: 0, error: 0 });
  expect(slopeOf(samples(3, 9, 0).map((sample) => ({ ...sample, atMs: 7 })))).toEqual({ perMs: 0, error: 0 });
});
