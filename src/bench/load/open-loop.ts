// The open loop: requests are sent when the schedule wants them, whatever became of those before.

import type { Clock } from '../../core/clock.ts';
import type { Schedule } from './arrivals.ts';
import type { Waker } from './precise-waking.ts';
import { settleable } from './settleable.ts';

/** Sent in one turn. What is left goes out in the next, after a look for answers: a client that is far behind must not be deaf too. */
const mostAtOnce = 64;

export interface OpenLoopOptions {
  readonly schedule: Schedule;
  /** When the schedule's 0 is. */
  readonly startMs: number;
  readonly clock: Clock;
  /** Makes what calls `pump` at a moment. */
  readonly waker: (pump: () => void) => Waker;
  readonly send: (place: number, intendedMs: number) => void;
}

/** Owns: its waker, until all is sent or it is stopped. */
export class OpenLoop {
  /** Settles when all of the schedule is sent, or at `stop`. */
  readonly allSent: Promise<void>;
  readonly #options: OpenLoopOptions;
  readonly #waker: Waker;
  readonly #done: () => void;
  #isPumping = false;
  #isStopped = false;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    const { promise, resolve } = settleable<void>();
    this.allSent = promise;
    this.#done = resolve;
    this.#waker = options.waker(this.pump);
  }

  /** Sends what is due, and sees to the rest. The first call starts the loop. Also worth a call when the thread is awake for another reason: that is sooner than its next waking. */
  readonly pump = (): void => {
    // Sending may tell of an end at once, and whoever hears of that may call this.
    if (this.#isPumping || this.#isStopped) return;
    const { schedule, startMs, clock, send } = this.#options;
    this.#isPumping = true;
    for (let sent = 0; sent < mostAtOnce && !schedule.isOver && startMs + schedule.atMs <= clock.now(); sent++) {
      send(schedule.place, startMs + schedule.atMs);
      schedule.advance();
    }
    this.#isPumping = false;
    if (schedule.isOver) this.stop();
    else this.#waker.wakeAt(startMs + schedule.atMs);
  };

  /** Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#waker.cancel();
    this.#done();
  }
}
