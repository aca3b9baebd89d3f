// How fast a model answers, measured: what `Retry-After` and hopeless deadlines are computed from.

import type { Clock } from '../core/clock.ts';

// Fewer completions say too little to refuse anyone.
const fewestSamples = 8;
// Weight of the newest interval: about the last ten completions count.
const newest = 0.2;
// A pause longer than this is idleness, not service.
const longestIntervalMs = 120_000;

export class ServiceRate {
  readonly #clock: Clock;
  #last: number | undefined;
  #intervalMs = 0;
  #samples = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One call was completed, while others waited or not. */
  completed(): void {
    const now = this.#clock.now();
    if (this.#last !== undefined) {
      const interval = Math.min(now - this.#last, longestIntervalMs);
      this.#intervalMs = this.#samples === 0 ? interval : this.#intervalMs + newest * (interval - this.#intervalMs);
      this.#samples += 1;
    }
    this.#last = now;
  }

  /** Milliseconds until the call at `position` (1 is the next) gets a place; undefined before enough was measured. */
  expectedWaitMs(position: number): number | undefined {
    return this.#samples < fewestSamples ? undefined : this.#intervalMs * position;
  }
}
