import { expect, test } from 'vitest';
import { watchSelf } from '../../../../src/bench/load/self-watch.ts';

test('a thread that works is told to work, and one that naps less so', () => {
  const watched = (action: () => void) => {
    const told = watchSelf();
    action();
    return told();
  };
  const untilMs = performance.now() + 40;
  const busy = watched(() => {
    while (performance.now() < untilMs);
  });
  const asleep = watched(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40));
  expect(busy.cpuShare).toBeGreaterThan(0);
  expect(busy.cpuShare).toBeLessThanOrEqual(1.01); // the two clocks are read one after the other
  expect(busy.eventLoopDelayP99Ms).toBeGreaterThanOrEqual(0);
  // Only Linux tells naps from work on every Node.
  if (process.platform === 'linux') expect(asleep.cpuShare).toBeLessThan(busy.cpuShare);
});
