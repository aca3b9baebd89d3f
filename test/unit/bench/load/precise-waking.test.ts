import { expect, test } from 'vitest';
import { preciseWaker } from '../../../../src/bench/load/precise-waking.ts';
import { systemClock } from '../../../../src/core/clock.ts';

const clock = systemClock;

test.each([0, 0.3, 1.5, 8])('it wakes once, and not before its moment, in %d ms', async (inMs) => {
  let wakings = 0;
  const atMs = clock.now() + inMs;
  const wokeMs = await new Promise<number>((resolve) => {
    preciseWaker(clock, () => {
      wakings++;
      resolve(clock.now());
    }).wakeAt(atMs);
  });
  expect(wokeMs).toBeGreaterThanOrEqual(atMs);
  await new Promise((resolve) => setImmediate(resolve));
  expect(wakings).toBe(1);
});

test('an earlier moment comes instead of a later one, and a later one not instead of an earlier', async () => {
  await new Promise<void>((resolve) => {
    const waker = preciseWaker(clock, resolve);
    waker.wakeAt(clock.now() + 3_600_000);
    waker.wakeAt(clock.now() + 1);
    waker.wakeAt(clock.now() + 3_600_000);
  });
});

test('a cancelled waker does not wake, and can be set anew', async () => {
  let wakings = 0;
  let resolve: () => void = () => undefined;
  const woken = new Promise<void>((settle) => {
    resolve = settle;
  });
  const waker = preciseWaker(clock, () => {
    wakings++;
    resolve();
  });
  waker.wakeAt(clock.now());
  waker.cancel();
  waker.wakeAt(clock.now() + 3);
  await woken;
  expect(wakings).toBe(1);
});
