// One clock for all threads of a run: each thread's own starts when the thread does.

import { type Clock, systemClock } from '../../core/clock.ts';

/** Ms on the machine's monotonic clock, the same in all threads. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A clock whose 0 is that moment of the monotonic clock. */
export function clockFrom(originMonotonicMs: number): Clock {
  // The monotonic clock itself, asked once: reading it makes a bigint each time.
  const ownMs = performance.now() - (monotonicMs() - originMonotonicMs);
  return { now: () => performance.now() - ownMs, after: systemClock.after };
}
