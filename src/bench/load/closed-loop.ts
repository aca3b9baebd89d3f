// The closed loop: so many clients, each of which sends its next request when its last has ended. A slow server is asked less often.

import type { Clock } from '../../core/clock.ts';
import type { RequestRecord } from '../request-record.ts';
import { settleable } from './settleable.ts';

export interface ClosedLoopOptions {
  readonly clients: number;
  /** The place of the next request. Undefined: there are no more. */
  readonly take: () => number | undefined;
  /** No request is sent then or later. */
  readonly untilMs: number;
  readonly clock: Clock;
  /** Ends with a call of `ended`, in this turn or later. */
  readonly send: (place: number, intendedMs: number) => void;
}

export class ClosedLoop {
  /** Settles when every client has stopped, or at `stop`. */
  readonly allEnded: Promise<void>;
  readonly #options: ClosedLoopOptions;
  readonly #done: () => void;
  #clients: number;
  #isStopped = false;

  constructor(options: ClosedLoopOptions) {
    this.#options = options;
    const { promise, resolve } = settleable<void>();
    this.allEnded = promise;
    this.#done = resolve;
    this.#clients = options.clients;
  }

  /** Sends the first request of every client. */
  start(): void {
    const { clients } = this.#options;
    if (clients === 0) this.#done();
    for (let client = 0; client < clients; client++) this.#next(this.#options.clock.now());
  }

  /** A client is free again. */
  ended(record: RequestRecord): void {
    // A connection that cannot be made may fail within the call that asks for it: in a later turn, or it would never return.
    if (record.outcome === 'connection_error') setImmediate(() => this.#next(record.endMs));
    else this.#next(record.endMs);
  }

  /** Nobody sends any more. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#done();
  }

  #next(freeMs: number): void {
    const { untilMs, take, send } = this.#options;
    const place = this.#isStopped || freeMs >= untilMs ? undefined : take();
    if (place !== undefined) send(place, freeMs);
    else if (--this.#clients === 0) this.#done();
  }
}
