// Requests held in the hand, for a storm: sends them one by one, waits until they are as far as wanted, and lets any of them leave at
// one instant. In the calling thread.

import { systemClock } from '../../core/clock.ts';
import type { RequestSource } from '../prepared-request.ts';
import type { RequestRecord } from '../request-record.ts';
import type { Leave } from '../scenario-schema.ts';
import type { Exchange } from './exchange.ts';
import type { Target } from './load-job.ts';
import { Sender } from './sender.ts';
import { settleable } from './settleable.ts';

/** How far a request is. */
export type Progress = Pick<Exchange, 'sentMs' | 'isAnswered' | 'hasHeaders' | 'pieces' | 'isOver'>;

export interface OpenRequestsOptions {
  readonly target: Target;
  readonly source: RequestSource;
  /** `performance.now()` that counts as 0 in all times told. */
  readonly originMs: number;
}

interface Wait {
  readonly isOver: () => boolean;
  readonly settle: () => void;
}

/** Owns: its connections, closed by `close`. */
export class OpenRequests {
  readonly #sender: Sender;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #records = new Map<number, RequestRecord>();
  readonly #waits = new Set<Wait>();

  constructor({ target, source, originMs }: OpenRequestsOptions) {
    this.#sender = new Sender({
      target,
      source,
      clock: { now: () => performance.now() - originMs, after: systemClock.after },
      watcher: {
        moved: () => this.#look(),
        ended: (record) => {
          this.#records.set(record.index, record);
          this.#look();
        },
      },
    });
  }

  /** Now, by the clock of the records. */
  now(): number {
    return this.#sender.clock.now();
  }

  /** Sends that request now. `leave` is what its client means to do, for its record. */
  send(index: number, leave?: Leave['phase']): void {
    const intendedMs = this.now();
    const place = { index, intendedMs, isWarmup: false, ...(leave === undefined ? {} : { leave }) };
    this.#exchanges.set(index, this.#sender.send(place));
  }

  /** Settles when each of them is there or over. Throws: the reason of the signal. */
  async reached(indices: readonly number[], isThere: (progress: Progress) => boolean, signal: AbortSignal): Promise<void> {
    const exchanges = indices.map((index) => this.#exchangeOf(index));
    await this.#until(() => exchanges.every((exchange) => exchange.isOver || isThere(exchange)), signal);
  }

  /** Lets all of them that are not over leave, in one turn: their connections are closed. Returns that instant. */
  leaveAll(indices: readonly number[]): number {
    const atMs = this.now();
    for (const index of indices) this.#exchangeOf(index).leave();
    return atMs;
  }

  /** The records of those, when all of them have ended. Throws: the reason of the signal. */
  async ended(indices: readonly number[], signal: AbortSignal): Promise<readonly RequestRecord[]> {
    await this.#until(() => indices.every((index) => this.#records.has(index)), signal);
    return indices.flatMap((index) => this.#records.get(index) ?? []);
  }

  /** Who is still there leaves. Idempotent. */
  async close(): Promise<void> {
    await this.#sender.close();
  }

  #exchangeOf(index: number): Exchange {
    const exchange = this.#exchanges.get(index);
    if (exchange === undefined) throw new Error(`expected the index of a request that was sent, got ${index}`);
    return exchange;
  }

  async #until(isOver: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (isOver()) return;
    const { promise, resolve, reject } = settleable<void>();
    const wait: Wait = { isOver, settle: resolve };
    const onAbort = (): void => reject(signal.reason);
    this.#waits.add(wait);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      this.#waits.delete(wait);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #look(): void {
    for (const wait of this.#waits) if (wait.isOver()) wait.settle();
  }
}
