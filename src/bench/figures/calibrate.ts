// How fast this machine is right now: a fixed piece of work, timed before and after a step. A neighbour that takes half of a core shows
// here and in no counter of the system.

import type { Clock } from '../../core/clock.ts';

// About 6 ms a piece on a core of 2020. The median of five forgives one that was preempted, which is no change of speed.
const pieces = 5;
const roundsAPiece = 2_500_000;

/** Median time of one piece of the work, in ms. It takes some 35 ms and blocks the thread, so call it while no request is in flight. */
export function calibrate(clock: Clock, work: () => number = kernel): number {
  // One that is not timed: the compiler of the engine would make the first measurement slower than every later one.
  let checksum = work();
  const times: number[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    const startedMs = clock.now();
    checksum ^= work();
    times.push(clock.now() - startedMs);
  }
  // Read, so that the work cannot be optimised away; an even number of equal results cancels.
  if (checksum !== 0) throw new Error('expected the calibration to give the same result every time, got two');
  return times.sort((a, b) => a - b)[Math.floor(pieces / 2)] ?? 0;
}

/** By how much the slower of two calibrations is slower than the other: 0.1 is 10 %. */
export function calibrationDrift(beforeMs: number, afterMs: number): number {
  const least = Math.min(beforeMs, afterMs);
  return least > 0 ? Math.max(beforeMs, afterMs) / least - 1 : 0;
}

/** Integer arithmetic in registers: it depends on the speed of the core alone, not on caches or memory that the server uses. */
function kernel(): number {
  let word = 1;
  for (let round = 0; round < roundsAPiece; round++) {
    // xorshift32 (Marsaglia 2003): each round needs the one before, so that nothing runs ahead.
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
  }
  return word;
}
