// How fast a method is served, measured: what `Retry-After` and hopeless deadlines are computed from.

import type { Clock } from '../core/clock.ts';

// Fewer completions say too little to refuse anyone.
const fewestSamples = 8;
// About this long, or this many gaps where they are longer, is remembered.
const memoryMs = 10_000;
const memoryGaps = 10;
// An estimate that nothing confirmed for this long, or for this many gaps where they are longer, is of another time.
const freshMs = 10_000;
const freshGaps = 2;

/** Completions of one instant, as a batch gives them. Folded in together, or the first alone would stand for the whole gap. */
interface Burst {
  readonly at: number;
  /** Milliseconds since the burst before; undefined when places were idle in between. */
  readonly gapMs: number | undefined;
  count: number;
}

/** Calls per time, not time between calls: both fade alike, so steady and batched service are measured exactly. */
export class ServiceRate {
  readonly #clock: Clock;
  #burst: Burst | undefined;
  #saturated = false;
  #measuredAt = 0;
  #samples = 0;
  // Faded sums over the bursts: calls, milliseconds, and milliseconds squared for the gap that a random moment falls in.
  #calls = 0;
  #ms = 0;
  #squares = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One call gave its place back. Not `served`: cancelled or lost, its time counts and it does not. */
  completed(served: boolean, othersWait: boolean): void {
    if (!served) {
      this.#saturated &&= othersWait;
      return;
    }
    const now = this.#clock.now();
    if (this.#burst !== undefined && this.#burst.at === now) this.#burst.count += 1;
    else {
      const gapMs = this.#burst !== undefined && this.#saturated ? now - this.#burst.at : undefined;
      this.#fold();
      this.#burst = { at: now, gapMs, count: 1 };
      if (gapMs !== undefined) this.#measured(now, gapMs);
    }
    // With others waiting the place is taken again at once, so the time to the next completion tells of service, not of idleness.
    this.#saturated = othersWait;
  }

  /** Milliseconds until the call at `position` (1 is the next) gets a place; undefined when nothing, too little or too long ago was measured. */
  expectedWaitMs(position: number): number | undefined {
    if (this.#samples < fewestSamples || this.#expiredAt(this.#clock.now())) return undefined;
    return (this.#ms / this.#calls) * position;
  }

  #measured(now: number, gapMs: number): void {
    // What was measured before a long pause does not speak for what comes after it.
    if (this.#expiredAt(now - gapMs)) {
      this.#samples = 0;
      this.#calls = 0;
      this.#ms = 0;
      this.#squares = 0;
    }
    this.#measuredAt = now;
  }

  #fold(): void {
    if (this.#burst?.gapMs === undefined) return;
    const { gapMs, count } = this.#burst;
    const kept = Math.exp(-gapMs / Math.max(memoryMs, memoryGaps * this.#typicalGapMs));
    this.#samples += count;
    this.#calls = this.#calls * kept + count;
    this.#ms = this.#ms * kept + gapMs;
    this.#squares = this.#squares * kept + gapMs * gapMs;
  }

  get #typicalGapMs(): number {
    return this.#ms === 0 ? 0 : this.#squares / this.#ms;
  }

  #expiredAt(time: number): boolean {
    return time - this.#measuredAt > Math.max(freshMs, freshGaps * this.#typicalGapMs);
  }
}
