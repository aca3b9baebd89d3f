import { expect, test } from 'vitest';
import { cumulativeCurve, edgeOf, histogram } from '../../../../src/bench/report/curves.ts';
import { stepSeries, stormSeries } from '../../../../src/bench/report/series.ts';
import { timeline } from '../../../../src/bench/report/timeline.ts';
import { recordOf } from './synthetic-run.ts';

test('few values are all in their curve, in order', () => {
  expect(cumulativeCurve([30, 10, 20, 40])).toEqual({ x: [10, 20, 30, 40], y: [0.25, 0.5, 0.75, 1] });
});

test('many values are reduced to 500 points that hold the ends and every share', () => {
  const values = Array.from({ length: 100_000 }, (_, index) => index + 1);
  const { x, y } = cumulativeCurve(values.reverse());
  expect(x.length).toBe(y.length);
  expect(x.length).toBeLessThanOrEqual(500);
  expect(x.length).toBeGreaterThan(450);
  expect([x[0], x.at(-1), y.at(-1)]).toEqual([1, 100_000, 1]);
  // Four digits of x are kept: half a thousandth is what rounding may move.
  for (const [index, value] of x.entries()) expect(Math.abs(value / 100_000 - (y[index] ?? 0))).toBeLessThanOrEqual(0.0005);
  // The tail is kept closely: a hundred and more points in the slowest percent.
  expect(y.filter((share) => share > 0.99).length).toBeGreaterThan(50);
  expect(y.every((share, index) => index === 0 || share > (y[index - 1] ?? 0))).toBe(true);
});

test('no values make an empty curve and no histogram', () => {
  expect(cumulativeCurve([])).toEqual({ x: [], y: [] });
  expect(histogram([])).toBeUndefined();
});

test('each value is counted in the bin that holds it', () => {
  const values = [1, 1.05, 5, 99, 0];
  const made = histogram(values);
  if (made === undefined) throw new Error('expected a histogram');
  expect(made.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
  for (const value of values.slice(0, -1)) {
    const bin = made.counts.findIndex((_, index) => value >= edgeOf(made.first + index) && value < edgeOf(made.first + index + 1));
    expect([value, made.counts[bin]]).toEqual([value, value < 2 ? 2 : 1]);
  }
  expect(edgeOf(made.first)).toBeCloseTo(0.01, 10);
});

test('what ends in a second is counted in it', () => {
  const records = [
    recordOf({ intendedMs: 10_000, endMs: 10_500 }),
    recordOf({ intendedMs: 10_100, endMs: 10_600, outcome: 'rejected' }),
    recordOf({ intendedMs: 10_100, endMs: 11_500 }),
    recordOf({ intendedMs: 10_100, endMs: 13_000 }),
  ];
  expect(timeline(records)).toEqual({
    binS: 1,
    atS: [10.5, 11.5, 12.5],
    outcomesPerS: { ok: [1, 1, 1], rejected: [1, 0, 0] },
    leaves: {},
  });
});

test('the last bin is as long as the others', () => {
  const made = timeline([recordOf({ endMs: 1 }), recordOf({ intendedMs: 1, endMs: 3_400 })]);
  expect([made.binS, made.atS.length]).toEqual([1.133, 3]);
});

test('tokens that the server counted are spread over the pieces that came', () => {
  const record = recordOf({ firstTokenMs: 500, tokenMs: [500, 1_500], endMs: 2_000, tokensOut: 6 });
  expect(timeline([record]).tokensPerS).toEqual([3, 3]);
});

test('tokens of an answer that did not stream count when it ended, texts too', () => {
  const made = timeline([recordOf({ endMs: 2_000, tokensOut: 7 }), recordOf({ route: 'embeddings', items: 32, endMs: 900 })]);
  expect([made.tokensPerS, made.textsPerS]).toEqual([
    [0, 7],
    [32, 0],
  ]);
});

test('clients that left are counted by the phase they left in', () => {
  const left = (endMs: number, leave: 'queued' | 'mid_stream') => recordOf({ endMs, leave, outcome: 'cancelled' });
  expect(timeline([left(100, 'queued'), left(200, 'queued'), left(1_900, 'mid_stream'), recordOf({ endMs: 2_000 })]).leaves).toEqual({
    queued: [2, 0],
    mid_stream: [0, 1],
  });
});

test('a run of hours has no more than 600 bins, and none is no bin', () => {
  expect(timeline([recordOf(), recordOf({ endMs: 7_200_000 })]).atS).toHaveLength(600);
  expect(timeline([])).toEqual({ binS: 1, atS: [], outcomesPerS: {}, leaves: {} });
});

test('the series of a step leave out its warm-up, and those that failed where times are told', () => {
  const stream = { firstTokenMs: 50, tokenMs: [50, 60, 75] };
  const made = stepSeries('steady', [
    recordOf({ ...stream, endMs: 80 }),
    recordOf({ ...stream, isWarmup: true, endMs: 5_000 }),
    recordOf({ outcome: 'truncated', firstTokenMs: 1, tokenMs: [1, 2, 3], endMs: 4 }),
  ]);
  expect([made.latencyMs.x, made.ttftMs.x]).toEqual([[80], [50]]);
  expect(made.itlMs?.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(Object.keys(made.timeline.outcomesPerS).sort()).toEqual(['ok', 'truncated']);
  expect(made.timeline.atS).toHaveLength(1);
});

test('a storm tells the latency of those who stayed and when the others left, since its first request', () => {
  const at = (ms: number, change = {}) => recordOf({ intendedMs: ms, endMs: ms + 100, ...change });
  const made = stormSeries(
    'gust',
    [at(1_000), at(1_250)],
    [at(9_000, { endMs: 9_040 }), at(9_000, { outcome: 'cancelled', leave: 'mid_stream', endMs: 9_150 }), at(9_000, { endMs: 9_200 })],
  );
  expect(made.calm).toEqual({ atS: [0, 0.25], latencyMs: [100, 100] });
  expect(made.storm).toEqual({ atS: [0, 0], latencyMs: [40, 200] });
  expect(made.timeline).toMatchObject({ binS: 0.1, atS: [0.05, 0.15], leaves: { mid_stream: [0, 1] } });
});

test('thousands of stayers are reduced to dots that a plot can show', () => {
  const many = Array.from({ length: 3_001 }, (_, index) => recordOf({ intendedMs: index, endMs: index + 10 }));
  expect(stormSeries('gust', many, many).calm.atS.length).toBeLessThanOrEqual(500);
});
