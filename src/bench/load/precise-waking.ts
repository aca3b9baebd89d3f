// Wakes the thread at a moment, nearer than the 1 ms a timer has and without turning round and round until then.

import type { Clock } from '../../core/clock.ts';

/** Calls one action at one moment. */
export interface Waker {
  /** In ms of its clock. The last call counts, unless it is later than one that waits. */
  wakeAt(atMs: number): void;
  cancel(): void;
}

/** A timer comes up to this much late, and as much is left to naps. */
const timerCoarseMs = 1.2;
/** So long may what arrives meanwhile have to wait to be seen: a tenth of what figures are right to. */
const longestNapMs = 0.1;
/** Linux wakes a thread 50 to 75 µs later than it asked for. */
const napLateMs = 0.07;

/**
 * Naps the thread in the last millisecond, and looks for what has arrived between naps: each costs some 10 µs of CPU, where turns without
 * naps take a whole core, from the server too where it shares the machine.
 */
export function preciseWaker(clock: Clock, action: () => void): Waker {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  let atMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;

  const set = (): void => {
    const leftMs = atMs - clock.now();
    if (leftMs > timerCoarseMs + 1) timer = setTimeout(fired, Math.min(leftMs - timerCoarseMs, 1_000_000));
    else turn = setImmediate(fired);
  };
  const fired = (): void => {
    timer = undefined;
    turn = undefined;
    const leftMs = atMs - clock.now();
    if (leftMs <= 0) {
      atMs = Number.POSITIVE_INFINITY;
      action();
      return;
    }
    if (leftMs > napLateMs && leftMs <= timerCoarseMs + 1) Atomics.wait(asleep, 0, 0, Math.min(leftMs - napLateMs, longestNapMs));
    set();
  };
  const cancel = (): void => {
    clearTimeout(timer);
    clearImmediate(turn);
    timer = undefined;
    turn = undefined;
    atMs = Number.POSITIVE_INFINITY;
  };
  return {
    wakeAt: (newMs) => {
      if (newMs >= atMs) return;
      cancel();
      atMs = newMs;
      set();
    },
    cancel,
  };
}
