// Clients that leave on purpose: who of them, and when. Which requests they are depends on seed and index alone, so the same ones leave
// on every number of threads.

import type { Clock } from '../../core/clock.ts';
import { seededRandom } from '../../core/seeded-random.ts';
import type { Leave } from '../scenario-schema.ts';
import type { Exchange } from './exchange.ts';

/** Of a server that nobody has waited for yet. */
const unknownTtftMs = 50;
/** The median is of so many of the last ones: what the first ones saw says little later. */
const remembered = 101;

export class Leaving {
  readonly phase: Leave['phase'];
  readonly #leave: Leave;
  readonly #seed: number;
  readonly #clock: Clock;
  readonly #ttftMs: number[] = [];
  #seen = 0;

  constructor(leave: Leave, seed: number, clock: Clock) {
    this.phase = leave.phase;
    this.#leave = leave;
    this.#seed = seed;
    this.#clock = clock;
  }

  /** Whether the client of that request means to leave. */
  chooses(index: number): boolean {
    return this.#drawn(index)() < this.#leave.share;
  }

  /** Tells of a request that stayed until its end, so that those who leave before the first token know what is before. */
  stayed(ttftMs: number): void {
    this.#ttftMs[this.#seen++ % remembered] = ttftMs;
  }

  /** A request that was chosen went further. Called at each phase and each read of pieces. */
  moved(exchange: Exchange): void {
    if (exchange.pieces > 0) this.#tokensCame(exchange);
    else if (!exchange.isAnswered) this.#wasSent(exchange);
  }

  #wasSent(exchange: Exchange): void {
    const { phase } = this.#leave;
    if (phase === 'queued') {
      const leave = (): void => {
        if (!exchange.isAnswered) exchange.leave();
      };
      const afterMs = this.#leave.after_ms ?? 0;
      // Not in this turn, in which undici has yet to write the request.
      if (afterMs === 0) setImmediate(leave);
      else this.#clock.after(afterMs, leave);
    } else if (phase === 'before_first_token') {
      this.#clock.after(this.#momentMs(exchange.place.index), () => {
        if (exchange.pieces === 0) exchange.leave();
      });
    }
  }

  #tokensCame(exchange: Exchange): void {
    const { phase, after_tokens: afterTokens } = this.#leave;
    if (phase === 'before_first_token') exchange.leave(': the first token came before its time to leave');
    else if (phase === 'mid_stream' && exchange.pieces >= afterTokens) exchange.leave();
  }

  /** At any moment of the wait for a first token, but for its ends, where little is left of what leaving is to show. */
  #momentMs(index: number): number {
    const random = this.#drawn(index);
    random();
    const sorted = this.#ttftMs.toSorted((a, b) => a - b);
    return (0.1 + 0.8 * random()) * (sorted[sorted.length >> 1] ?? unknownTtftMs);
  }

  /** Draws of one request. Multiplied, so that neighbours in seed and index share no draws. */
  #drawn(index: number): () => number {
    return seededRandom(Math.imul(this.#seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  }
}
