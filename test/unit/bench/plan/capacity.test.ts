import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCapacity } from '../../../../src/bench/plan/capacity.ts';
import type { Condition, Measure, Measured } from '../../../../src/bench/plan/condition.ts';
import type { StepSummary } from '../../../../src/bench/run-summary.ts';
import { stepOf } from './step-of.ts';

const search = { fromPerS: 1, mostPerS: 10_000, share: 0.99, durationS: 5, warmupRequests: 8 };

const nothing = { startedMs: 0, offeredUntilMs: 0, endedMs: 0, client: { cpuShare: 0, eventLoopDelayP99Ms: 0, threads: 1 } };
const told = (summary: StepSummary, calibrationDrift = 0): Measured => ({ summary, result: nothing, records: [], calibrationDrift });

/** A server that does `capacity` a second: any rate up to it holds the level, a closed loop gets `closedPerS`. */
function server(capacity: number, closedPerS = capacity, voidFrom = Number.POSITIVE_INFINITY): { measure: Measure; tried: number[] } {
  const tried: number[] = [];
  const measure: Measure = async ({ load, name }: Condition) => {
    if ('closed' in load) return told(stepOf({ name, mode: 'closed', requests_per_s: closedPerS }));
    if (!('open' in load)) throw new Error('expected a rate');
    const perS = load.open.rate_per_s;
    tried.push(perS);
    const share = perS <= capacity ? 1 : capacity / perS;
    return told(stepOf({ name, goodput: { share, per_s: perS * share }, void_because: perS > voidFrom ? ['late'] : [] }));
  };
  return { measure, tried };
}

test('the rate found holds, and one a tenth above does not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 1, max: 9_000, noNaN: true }), fc.double({ min: 0.2, max: 5, noNaN: true }), async (truth, skew) => {
      const { measure, tried } = server(truth, truth * skew);
      const { perS } = await findCapacity(measure, search);
      expect(perS).toBeLessThanOrEqual(truth / search.share);
      expect(perS * 1.12).toBeGreaterThan(truth); // a tenth, and what rounding to three digits adds
      expect(tried.length).toBeLessThan(25);
    }),
  );
});

test('a server that holds no rate has a capacity of nothing', async () => {
  const { perS, note } = await findCapacity(server(0.5).measure, search);
  expect(perS).toBe(0);
  expect(note).toBeUndefined();
});

test('a server that holds the highest rate to be tried is said to do so', async () => {
  const { perS, note } = await findCapacity(server(50_000).measure, search);
  expect(perS).toBe(10_000);
  expect(note).toBe('the highest rate that was to be tried, 10000/s, holds');
});

test('the search ends where the client is no fair judge any more', async () => {
  const { perS, note } = await findCapacity(server(1_000, 300, 500).measure, search);
  expect(perS).toBeGreaterThan(250);
  expect(perS).toBeLessThanOrEqual(500);
  expect(note).toContain('late');
});

/** A calm server of 100/s on a machine that changes its speed in the first `times` tries of each rate. */
function unsteady(times: number, alsoLate = false): { measure: Measure; tries: Map<string, number> } {
  const { measure } = server(100);
  const tries = new Map<string, number>();
  const disturbed: Measure = async (condition) => {
    const { summary } = await measure(condition);
    const count = (tries.get(condition.name) ?? 0) + 1;
    tries.set(condition.name, count);
    if ('closed' in condition.load || count > times) return told(summary);
    return told({ ...summary, void_because: ['the machine changed its speed', ...(alsoLate ? ['late'] : [])] }, 0.5);
  };
  return { measure: disturbed, tries };
}

test('a rate at which only the machine changed its speed is tried again, and its last try alone is told', async () => {
  const { measure, tries } = unsteady(2);
  const { perS, steps, note } = await findCapacity(measure, search);
  expect(perS).toBeGreaterThan(90);
  expect(note).toBeUndefined();
  const [closed, ...rates] = steps;
  expect(closed?.mode).toBe('closed');
  expect(rates.flatMap(({ void_because }) => void_because)).toEqual([]);
  expect(new Set(rates.map(({ name }) => name)).size).toBe(rates.length);
  for (const { name, notes } of rates) {
    expect(tries.get(name)).toBe(3);
    expect(notes).toEqual(['tried 3 times: before, the machine changed its speed meanwhile']);
  }
});

test('the search ends where the machine is not calm in three tries', async () => {
  const { measure, tries } = unsteady(3);
  const { perS, steps, note } = await findCapacity(measure, search);
  expect([perS, steps.length, [...tries.values()]]).toEqual([0, 2, [1, 3]]);
  expect(note).toBe('the machine was no longer a fair judge at 90/s: the machine changed its speed');
});

test('a rate for which the client is late as well is not tried again, but a lower one is', async () => {
  const { measure, tries } = unsteady(1, true);
  const { perS, note } = await findCapacity(measure, search);
  expect(perS).toBe(0);
  expect([...tries.values()].every((count) => count === 1)).toBe(true);
  expect([...tries.keys()]).toContain('capacity: 45/s');
  expect(note).toContain('the client was no longer a fair judge at 1/s');
});

test('a client that is late from the first rate on finds what it can judge, and says that there may be more', async () => {
  const { perS, note } = await findCapacity(server(1_000, 1_000, 300).measure, search);
  expect(perS).toBeGreaterThan(200);
  expect(perS).toBeLessThanOrEqual(300);
  expect(note).toContain('the client was no longer a fair judge');
});
