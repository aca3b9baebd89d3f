import { expect, test } from 'vitest';
import { calmFirstOutputMs, stormNotes, timeToFree, wastedCpu } from '../../../../src/bench/figures/storm-figures.ts';
import { aRecord, aStream } from './a-record.ts';
import { aSummary } from './a-run.ts';

const leaver = (endMs: number) => aStream([10], { endMs, outcome: 'cancelled', leave: 'mid_stream' });
const probe = (intendedMs: number, firstMs: number) => aStream([intendedMs + firstMs, intendedMs + firstMs + 30], { intendedMs });

test('as soon as in calm is what nineteen of twenty calm requests are, without warm-up and failures', () => {
  const calm = Array.from({ length: 20 }, (_, index) => probe(index * 100, index + 1));
  const others = [aStream([900], { isWarmup: true }), aRecord({ outcome: 'rejected', endMs: 999 })];
  expect(calmFirstOutputMs([...calm, ...others])).toBe(19);
  expect(calmFirstOutputMs([aRecord({ endMs: 12 })])).toBe(12);
  expect(calmFirstOutputMs(others)).toBeUndefined();
});

test('time to free runs from the last leave until a new request has its first token as soon as in calm', () => {
  const round = [leaver(100), leaver(140), probe(150, 90), probe(200, 60), probe(240, 20), probe(300, 20)];
  expect(timeToFree(round, 20)).toBe(120);
  expect(timeToFree(round, 60)).toBe(120);
  expect(timeToFree(round, 90)).toBe(100);
});

test('requests from before the last leave, leavers and failures are no sign that a place is free', () => {
  const early = probe(130, 15);
  const failed = aRecord({ intendedMs: 150, endMs: 151, outcome: 'rejected' });
  const laterLeaver = aStream([165], { intendedMs: 150, endMs: 160, leave: 'mid_stream' });
  expect(timeToFree([leaver(140), early, failed, laterLeaver], 20)).toBeUndefined();
});

test('a request that was cancelled without being meant to leave ends no round', () => {
  const stopped = aRecord({ outcome: 'cancelled', endMs: 400 });
  expect(timeToFree([leaver(140), probe(200, 20), stopped], 20)).toBe(80);
});

test('where nobody left or nobody was served soon there is no time to free', () => {
  expect(timeToFree([probe(0, 5)], 20)).toBeUndefined();
  expect(timeToFree([leaver(100), probe(150, 500)], 20)).toBeUndefined();
  // One that was to leave and was answered before it could.
  expect(timeToFree([aStream([10], { leave: 'mid_stream' }), probe(150, 5)], 20)).toBeUndefined();
});

test('an answer in one piece frees with its end', () => {
  const round = [aRecord({ outcome: 'cancelled', leave: 'queued', endMs: 50 }), aRecord({ intendedMs: 60, endMs: 75 })];
  expect(timeToFree(round, 20)).toBe(25);
});

test('wasted CPU time is what was used over what those who stayed need in calm', () => {
  const samples = Array.from({ length: 11 }, (_, index) => ({ atMs: index * 100, rssMib: 1, cpuS: index }));
  const storm = { samples, fromMs: 100, untilMs: 900, answered: 40, calmCpuSPer1000: 50 };
  expect(wastedCpu(storm)).toBe(6);
  expect(wastedCpu({ ...storm, answered: 400 })).toBe(0);
  expect(wastedCpu({ ...storm, samples: samples.slice(0, 1) })).toBeUndefined();
});

const calm = aSummary({ server: { rss_peak_mib: 1, rss_slope_mib_per_min: 0, cpu_s_per_1000_requests: 100 } });

test('a server that frees at once and stops computing gets no note', () => {
  expect(stormNotes({ calm, rounds: 3, timesToFree: [20, 22, 25], left: 30, wastedCpuS: 1 })).toEqual([]);
  expect(stormNotes({ calm, rounds: 2, timesToFree: [20, 25], left: 30 })).toEqual([]);
});

test('a server that ignores cancellation is named by its CPU time and by its places', () => {
  const notes = stormNotes({ calm, rounds: 3, timesToFree: [60, 70, 80], left: 30, wastedCpuS: 2.9 });
  expect(notes).toEqual([
    'places came free 70 ms after clients had left, while a first token takes 20 ms in calm: the server seems to go on for clients that are gone',
    '30 clients that left cost 2.9 CPU s, where whole answers would cost 3.0: cancellation seems to be ignored',
  ]);
});

test('rounds in which no place came free are counted', () => {
  expect(stormNotes({ calm, rounds: 3, timesToFree: [20], left: 30 })).toEqual([
    'in 2 of 3 rounds no new request was answered as soon as in calm after the clients had left',
  ]);
});

test('a few ticks of CPU time accuse nobody', () => {
  expect(stormNotes({ calm, rounds: 1, timesToFree: [20], left: 1, wastedCpuS: 0.15 })).toEqual([]);
});
