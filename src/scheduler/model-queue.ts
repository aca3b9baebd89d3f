// The queue of one model: bounded admission, deadlines, priority, and turns between keys. Pure: time comes from a Clock.

import { cancelError } from '../core/cancellation.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { InferenceError } from '../core/errors.ts';
import type { MethodName } from '../contract/methods.ts';
import { ServiceRate } from './service-rate.ts';
import { Turns } from './turns.ts';

/** What the queue asks for room. A reserved place stays reserved until its holder gives it back and `room` is called. */
export interface Executor<Place> {
  reserve(method: MethodName): Place | undefined;
}

export interface QueueOptions<Place> {
  readonly clock: Clock;
  readonly executor: Executor<Place>;
  /** Most calls waiting. */
  readonly maxQueue: number;
  readonly maxQueueBytes: number;
}

/** A call that wants a place. */
export interface Ticket {
  readonly method: MethodName;
  readonly bytes: number;
  /** 0 to 9, higher first. */
  readonly priority: number;
  /** Calls of different keys take turns. */
  readonly key: string;
  /** Clock time in milliseconds after which the call is of no use. */
  readonly deadline: number;
  /** Its reason is the error the call ends with. */
  readonly signal: AbortSignal;
  /** The call was neither refused nor given a place at once. */
  readonly onWaiting?: () => void;
}

interface Entry<Place> extends Ticket {
  readonly settle: (outcome: { readonly place: Place } | { readonly error: unknown }) => void;
}

/** Every `acquire` settles exactly once: with a place, or with the error that kept it from one. */
export class ModelQueue<Place> {
  readonly #options: QueueOptions<Place>;
  readonly #rates = new Map<MethodName, ServiceRate>();
  readonly #waiting = new Map<MethodName, Turns<Entry<Place>>>();
  #depth = 0;
  #bytes = 0;
  #closedBy: InferenceError | undefined;

  constructor(options: QueueOptions<Place>) {
    this.#options = options;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Throws: rate_limit_exceeded, deadline_unreachable, timeout, the signal's reason, or what the queue was closed with. */
  async acquire(ticket: Ticket): Promise<Place> {
    ticket.signal.throwIfAborted();
    // Nobody hands a place on any more: the call would wait until its deadline.
    if (this.#closedBy !== undefined) throw this.#closedBy;
    if (!this.#waiting.has(ticket.method)) {
      const place = this.#options.executor.reserve(ticket.method);
      if (place !== undefined) return place;
    }
    this.#refuse(ticket);
    return new Promise<Place>((resolve, reject) => {
      this.#enqueue(ticket, (outcome) => ('place' in outcome ? resolve(outcome.place) : reject(outcome.error)));
    });
  }

  /** A place was given back after its call was over, `served` or else cancelled or lost: measures the rate and hands the place on. */
  finished(method: MethodName, served: boolean): void {
    const rate = this.#rates.get(method) ?? new ServiceRate(this.#options.clock);
    this.#rates.set(method, rate);
    rate.completed(served, this.#waiting.has(method));
    this.room();
  }

  /** The executor has room that it had not before. */
  room(): void {
    for (const [method, turns] of [...this.#waiting]) {
      for (let entry = turns.first(); entry !== undefined; entry = turns.first()) {
        const place = this.#options.executor.reserve(method);
        if (place === undefined) break;
        entry.settle({ place });
      }
    }
  }

  /** Ends everything that waits, and refuses everything that comes, with `error`. Idempotent: the first error stays. */
  close(error: InferenceError): void {
    this.#closedBy ??= error;
    for (const turns of [...this.#waiting.values()]) {
      for (let entry = turns.first(); entry !== undefined; entry = turns.first()) entry.settle({ error });
    }
  }

  #refuse(ticket: Ticket): void {
    const { maxQueue, maxQueueBytes, clock } = this.#options;
    const turns = this.#waiting.get(ticket.method);
    const waitMs = this.#rates.get(ticket.method)?.expectedWaitMs((turns?.ahead(ticket) ?? 0) + 1);
    const retryAfterMs = Math.min(60_000, Math.max(1_000, waitMs ?? 1_000));
    if (this.#depth >= maxQueue) {
      const came = `${this.#depth} waiting and one more`;
      throw new InferenceError('rate_limit_exceeded', `expected at most ${maxQueue} waiting requests, got ${came}`, { retryAfterMs });
    }
    if (this.#bytes + ticket.bytes > maxQueueBytes) {
      const came = `${this.#bytes} waiting and ${ticket.bytes} more`;
      throw new InferenceError('rate_limit_exceeded', `expected at most ${maxQueueBytes} waiting bytes, got ${came}`, { retryAfterMs });
    }
    // With nobody waiting the place that comes free next is this call's, and only calls that wait keep the estimate true.
    if (turns !== undefined && waitMs !== undefined && clock.now() + waitMs > ticket.deadline) {
      throw new InferenceError('deadline_unreachable', `the queue takes about ${Math.round(waitMs)} ms, longer than the deadline allows`, {
        retryAfterMs,
      });
    }
  }

  #enqueue(ticket: Ticket, done: Entry<Place>['settle']): void {
    const turns = this.#waiting.get(ticket.method) ?? new Turns<Entry<Place>>();
    this.#waiting.set(ticket.method, turns);
    const { clock } = this.#options;
    let timer: Timer | undefined;
    const onAbort = (): void => entry.settle({ error: ticket.signal.reason });
    const entry: Entry<Place> = {
      ...ticket,
      settle: (outcome) => {
        timer?.cancel();
        ticket.signal.removeEventListener('abort', onAbort);
        if ('place' in outcome) turns.serve(entry);
        else turns.remove(entry);
        if (turns.size === 0) this.#waiting.delete(ticket.method);
        this.#depth -= 1;
        this.#bytes -= ticket.bytes;
        done(outcome);
      },
    };
    turns.add(entry);
    this.#depth += 1;
    this.#bytes += ticket.bytes;
    ticket.signal.addEventListener('abort', onAbort, { once: true });
    timer = clock.after(ticket.deadline - clock.now(), () => entry.settle({ error: cancelError('deadline') }));
    ticket.onWaiting?.();
  }
}
