// How fast a model answers, measured: what `Retry-After` and hopeless deadlines are computed from.

import type { Clock } from '../core/clock.ts';

// Fewer completions say too little to refuse anyone.
const fewestSamples = 8;
// Weight of the newest interval: about the last ten completions count.
const newest = 0.2;

export class ServiceRate {
  readonly #clock: Clock;
  #last: number | undefined;
  #intervalMs = 0;
  #samples = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One call was completed. Only with others waiting does the time to the next completion tell of service, not of idleness. */
  completed(othersWait: boolean): void {
    const now = this.#clock.now();
    if (this.#last !== undefined) {
      const interval = now - this.#last;
      this.#intervalMs = this.#samples === 0 ? interval : this.#intervalMs + newest * (interval - this.#intervalMs);
      this.#samples += 1;
    }
    this.#last = othersWait ? now : undefined;
  }

  /** Milliseconds until the call at `position` (1 is the next) gets a place; undefined before enough was measured. */
  expectedWaitMs(position: number): number | undefined {
    return this.#samples < fewestSamples ? undefined : this.#intervalMs * position;
  }
}
