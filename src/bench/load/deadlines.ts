// The time limits of all requests on their way, with one timer: a timer of its own for each would cost more than sending it.

import type { Clock, Timer } from '../../core/clock.ts';

/** What has a limit. */
export interface Limited {
  readonly intendedMs: number;
  /** Its time is over. */
  expire(): void;
}

/** Owns: its timer, cancelled by `close`. */
export class Deadlines<T extends Limited> {
  readonly #clock: Clock;
  readonly #limitMs: number;
  /** A set keeps the order of adding; as the limit is one, that is the order of the deadlines too. */
  readonly #running = new Set<T>();
  #timer: Timer | undefined;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Those that have neither ended nor expired. */
  get running(): ReadonlySet<T> {
    return this.#running;
  }

  /** In the order of their intended start. */
  add(limited: T): void {
    this.#running.add(limited);
    // Where there is a timer, it stands at an earlier deadline, perhaps of one that has ended since: then it is set anew.
    if (this.#timer === undefined) this.#set();
  }

  delete(limited: T): void {
    this.#running.delete(limited);
  }

  /** Idempotent. Nothing expires afterwards. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running.clear();
  }

  #set(): void {
    for (const first of this.#running) {
      this.#timer = this.#clock.after(first.intendedMs + this.#limitMs - this.#clock.now(), this.#fire);
      return;
    }
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.now();
    for (const limited of this.#running) {
      if (limited.intendedMs + this.#limitMs > nowMs) break;
      this.#running.delete(limited);
      limited.expire();
    }
    if (this.#timer === undefined) this.#set();
  };
}
