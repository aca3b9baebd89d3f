import { expect, test } from 'vitest';
import { overloadPhases, recoveryS } from '../../../../src/bench/plan/overload.ts';
import type { RequestRecord } from '../../../../src/bench/request-record.ts';

const plan = { capacityPerS: 100, times: 10, overloadS: 2, recoveryS: 20, seed: 7 };

test('the schedule has half the capacity, then the overload, then half again, and never goes back', () => {
  const { trace, overloadMs, calmAgainMs } = overloadPhases(plan);
  expect([overloadMs, calmAgainMs]).toEqual([5_000, 7_000]);
  expect(trace).toEqual(trace.toSorted((a, b) => a - b));
  const between = (from: number, to: number) => trace.filter((at) => at >= from && at < to).length;
  // Four standard deviations of a Poisson count.
  expect(Math.abs(between(0, 5_000) - 250)).toBeLessThan(4 * Math.sqrt(250));
  expect(Math.abs(between(5_000, 7_000) - 2_000)).toBeLessThan(4 * Math.sqrt(2_000));
  expect(Math.abs(between(7_000, 27_000) - 1_000)).toBeLessThan(4 * Math.sqrt(1_000));
});

test('the same seed gives the same schedule, another seed another one', () => {
  expect(overloadPhases(plan)).toEqual(overloadPhases(plan));
  expect(overloadPhases({ ...plan, seed: 8 }).trace).not.toEqual(overloadPhases(plan).trace);
});

test('recovery is when several in a row are fast again', () => {
  // One a tenth of a second; slow ones fall by 100 ms each until the fourteenth, but for one lucky one.
  const records = Array.from({ length: 60 }, (_, at) => record(1_000 + at * 100, at === 3 ? 10 : Math.max(10, 1_400 - at * 100)));
  // The first at or under 20 ms is number 14, at 2,400 ms.
  expect(recoveryS(records, 1_000, 10)).toBeCloseTo(1.4, 9);
});

test('a server that stays slow, or refuses, has not recovered', () => {
  const slow = Array.from({ length: 30 }, (_, at) => record(at * 100, 21));
  expect(recoveryS(slow, 0, 10)).toBeUndefined();
  expect(
    recoveryS(
      slow.map((one) => ({ ...one, outcome: 'rejected' as const, endMs: one.intendedMs + 1 })),
      0,
      10,
    ),
  ).toBeUndefined();
});

function record(intendedMs: number, latencyMs: number): RequestRecord {
  return {
    index: 0,
    workload: 'w',
    route: 'embeddings',
    isWarmup: false,
    intendedMs,
    sentMs: intendedMs,
    tokenMs: [],
    endMs: intendedMs + latencyMs,
    outcome: 'ok',
    bytesSent: 1,
    bytesReceived: 1,
    items: 1,
  };
}
