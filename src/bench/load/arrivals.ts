// When requests are wanted: a schedule from a seed, fixed before the first is sent, so that no slow answer can move it.

import { seededRandom } from '../../core/seeded-random.ts';

/** Rates are requests a second, of all client threads together. */
export type Arrivals =
  | { readonly kind: 'constant' | 'poisson'; readonly ratePerS: number }
  | { readonly kind: 'bursts'; readonly ratePerS: number; readonly burstSize: number }
  | { readonly kind: 'trace'; readonly startsMs: readonly number[] };

/** Where a schedule ends: before the request that would be one more than `requests`, or that starts at `durationMs` or later. */
export interface ScheduleEnd {
  readonly requests?: number;
  readonly durationMs?: number;
}

/** The n-th call gives the start of the n-th request. Undefined: there are no more. */
export type Starts = () => number | undefined;

/**
 * Starts in ms since the first instant of the step, never falling.
 * Constant: the n-th at n gaps. Poisson: exponential gaps, the first one before the first request too, as if the step had begun at any
 * moment of a process without beginning. Bursts: `burstSize` at one instant, and so far apart that the rate is kept.
 */
export function startsOf(arrivals: Arrivals, seed: number): Starts {
  let n = 0;
  switch (arrivals.kind) {
    case 'constant': {
      const gapMs = 1000 / arrivals.ratePerS;
      // Multiplied, not added up: rounding must not add up either.
      return () => n++ * gapMs;
    }
    case 'bursts': {
      const { burstSize } = arrivals;
      const gapMs = (1000 / arrivals.ratePerS) * burstSize;
      return () => Math.floor(n++ / burstSize) * gapMs;
    }
    case 'poisson': {
      const random = seededRandom(seed);
      const gapMs = 1000 / arrivals.ratePerS;
      let atMs = 0;
      return () => {
        // 1 - random is never 0, whose logarithm is none.
        atMs -= Math.log(1 - random()) * gapMs;
        return atMs;
      };
    }
    case 'trace': {
      const sorted = arrivals.startsMs.toSorted((a, b) => a - b);
      return () => sorted[n++];
    }
  }
}

/** How many requests a second a schedule asks for: of a trace, in its busiest second, because a client has to keep up with that too. */
export function busiestPerS(arrivals: Arrivals): number {
  if (arrivals.kind !== 'trace') return arrivals.ratePerS;
  const sorted = arrivals.startsMs.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [place, atMs] of sorted.entries()) {
    while ((sorted[first] ?? atMs) <= atMs - 1000) first++;
    most = Math.max(most, place - first + 1);
  }
  return most;
}

/** The part of a schedule that one client thread sends: every thread makes the whole and takes the places that are its own. */
export class Schedule {
  readonly #starts: Starts;
  readonly #end: ScheduleEnd;
  readonly #thread: number;
  readonly #threads: number;
  #next = 0;
  /** Place in the schedule of what is next. */
  place = -1;
  /** When that starts, in ms since the first instant. */
  atMs = 0;
  /** Nothing is next: place and start mean nothing. */
  isOver = false;

  constructor(starts: Starts, end: ScheduleEnd, thread = 0, threads = 1) {
    this.#starts = starts;
    this.#end = end;
    this.#thread = thread;
    this.#threads = threads;
    this.advance();
  }

  advance(): void {
    const { requests = Number.POSITIVE_INFINITY, durationMs = Number.POSITIVE_INFINITY } = this.#end;
    for (;;) {
      const place = this.#next++;
      const atMs = place < requests ? this.#starts() : undefined;
      if (atMs === undefined || atMs >= durationMs) {
        this.isOver = true;
        return;
      }
      if (place % this.#threads !== this.#thread) continue;
      this.place = place;
      this.atMs = atMs;
      return;
    }
  }
}
