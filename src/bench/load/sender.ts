// Sends requests of one thread and settles each: joins connections, time limits and those who leave.

import type { Clock } from '../../core/clock.ts';
import type { RequestSource } from '../prepared-request.ts';
import type { RequestRecord } from '../request-record.ts';
import { Connections } from './connections.ts';
import { Deadlines } from './deadlines.ts';
import { Exchange, type ExchangeHome, type ExchangeWatcher, type Place } from './exchange.ts';
import type { Leaving } from './leaving.ts';
import type { Target } from './load-job.ts';

export interface SenderOptions {
  readonly target: Target;
  readonly source: RequestSource;
  /** Its 0 is that of all times told. */
  readonly clock: Clock;
  readonly leaving?: Leaving | undefined;
  readonly watcher: ExchangeWatcher;
}

/** Owns: its connections and its timer, closed by `close`. */
export class Sender implements ExchangeHome {
  readonly clock: Clock;
  readonly #source: RequestSource;
  readonly #leaving: Leaving | undefined;
  readonly #watcher: ExchangeWatcher;
  readonly #connections: Connections;
  readonly #deadlines: Deadlines<Exchange>;

  constructor({ target, source, clock, leaving, watcher }: SenderOptions) {
    this.clock = clock;
    this.#source = source;
    this.#leaving = leaving;
    this.#watcher = watcher;
    this.#connections = new Connections({
      url: target.url,
      most: target.connections,
      ...(target.apiKey === undefined ? {} : { apiKey: target.apiKey }),
    });
    this.#deadlines = new Deadlines(clock, target.timeoutMs);
  }

  /** Requests that have not ended. */
  get running(): number {
    return this.#deadlines.running.size;
  }

  send(place: Place): Exchange {
    const exchange = new Exchange(this.#source(place.index), place, this);
    this.#deadlines.add(exchange);
    this.#connections.send(exchange);
    return exchange;
  }

  /** The measured request with that index, whose client may mean to leave. */
  sendMeasured(index: number, intendedMs: number): void {
    const leaving = this.#leaving;
    if (leaving?.chooses(index) === true) this.send({ index, intendedMs, isWarmup: false, leave: leaving.phase });
    else this.send({ index, intendedMs, isWarmup: false });
  }

  /** Everyone leaves at once; each is told to the watcher before this returns. */
  stop(): void {
    for (const exchange of this.#deadlines.running) exchange.leave(': the run was stopped');
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.stop();
    this.#deadlines.close();
    await this.#connections.close();
  }

  moved(exchange: Exchange): void {
    if (exchange.place.leave !== undefined) this.#leaving?.moved(exchange);
    this.#watcher.moved?.(exchange);
  }

  ended(record: RequestRecord, exchange: Exchange): void {
    this.#deadlines.delete(exchange);
    if (this.#leaving !== undefined && record.outcome === 'ok') this.#leaving.stayed((record.firstTokenMs ?? record.endMs) - record.sentMs);
    this.#watcher.ended(record, exchange);
  }

  released(exchange: Exchange): void {
    this.#connections.released(exchange);
  }
}
