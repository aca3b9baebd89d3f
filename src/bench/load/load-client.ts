// One thread's share of a job: its warm-up, then its part of the schedule or of the clients, until the last answer has ended.

import type { Clock } from '../../core/clock.ts';
import type { RequestSource } from '../prepared-request.ts';
import type { RequestRecord } from '../request-record.ts';
import { Schedule, startsOf } from './arrivals.ts';
import { ClosedLoop, type ClosedLoopOptions } from './closed-loop.ts';
import { Leaving } from './leaving.ts';
import type { LoadJob } from './load-job.ts';
import { OpenLoop } from './open-loop.ts';
import { preciseWaker } from './precise-waking.ts';
import { RecordBatches } from './record-batches.ts';
import { type SelfFigures, watchSelf } from './self-watch.ts';
import { Sender } from './sender.ts';
import type { SharedCounts } from './shared-counts.ts';

/** Which part of a job. */
export interface Share {
  /** From 0. */
  readonly thread: number;
  readonly threads: number;
}

export interface LoadClientOptions {
  readonly job: LoadJob;
  readonly share: Share;
  readonly source: RequestSource;
  readonly counts: SharedCounts;
  /** Its 0 is that of all times told. */
  readonly clock: Clock;
  readonly onRecords: (records: readonly RequestRecord[]) => void;
}

/** What a run needs of a client, wherever it is. */
export interface Client {
  /** Settles when its requests of the warm-up have ended. Throws: what its request source threw. */
  warmUp(): Promise<void>;
  /** Settles when its last request has ended and all records are told. Throws: what its request source threw. */
  measure(startMs: number): Promise<SelfFigures>;
  /** Everyone leaves, and no one comes: what was called settles soon. Idempotent. */
  stop(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Enough to warm a server's workers, and no flood to a slow one. */
const warmupClients = 8;

/** Owns: its connections, closed by `close`. */
export class LoadClient implements Client {
  readonly #options: LoadClientOptions;
  readonly #sender: Sender;
  readonly #batches: RecordBatches;
  #open: OpenLoop | undefined;
  #closed: ClosedLoop | undefined;
  #whenIdle: (() => void) | undefined;
  #isStopped = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: LoadClientOptions) {
    const { job, share, source, counts, clock } = options;
    this.#options = options;
    this.#batches = new RecordBatches(clock, options.onRecords);
    this.#sender = new Sender({
      target: { ...job, connections: Math.max(1, shareOf(job.connections, share)) },
      source,
      clock,
      leaving: job.leave === undefined ? undefined : new Leaving(job.leave, job.seed, clock),
      watcher: {
        moved: () => this.#open?.pump(),
        ended: (record) => {
          counts.addEnded();
          this.#batches.add(record);
          this.#closed?.ended(record);
          this.#open?.pump();
          if (this.#sender.running === 0) this.#whenIdle?.();
        },
      },
    });
  }

  async warmUp(): Promise<void> {
    const { job, share } = this.#options;
    let index = share.thread;
    const take = (): number | undefined => {
      const place = index;
      index += share.threads;
      return place < job.warmupRequests ? place : undefined;
    };
    const send = (place: number, intendedMs: number): void => {
      this.#send(() => this.#sender.send({ index: place, intendedMs, isWarmup: true }));
    };
    await this.#runClosed({ clients: warmupClients, untilMs: Number.POSITIVE_INFINITY, take, send });
    await this.#settled();
  }

  async measure(startMs: number): Promise<SelfFigures> {
    const { job, share, clock, counts } = this.#options;
    await this.#until(startMs);
    const told = watchSelf();
    const send = (place: number, intendedMs: number): void => {
      this.#send(() => this.#sender.sendMeasured(job.warmupRequests + place, intendedMs));
    };
    if (job.load.mode === 'open') {
      const schedule = new Schedule(startsOf(job.load.arrivals, job.seed), job, share.thread, share.threads);
      const waker = (pump: () => void) => preciseWaker(clock, pump);
      this.#open = new OpenLoop({ schedule, startMs, clock, waker, send });
      if (this.#isStopped) this.#open.stop();
      this.#open.pump();
      await this.#open.allSent;
    } else {
      const { requests = Number.POSITIVE_INFINITY, durationMs = Number.POSITIVE_INFINITY } = job;
      const take = (): number | undefined => {
        const place = counts.take();
        return place < requests ? place : undefined;
      };
      await this.#runClosed({ clients: shareOf(job.load.clients, share), untilMs: startMs + durationMs, take, send });
    }
    // Of the load alone: waiting for the last answers is no work.
    const figures = told();
    await this.#settled();
    return figures;
  }

  stop(): void {
    this.#isStopped = true;
    this.#open?.stop();
    this.#closed?.stop();
    this.#sender.stop();
    this.#batches.flush();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#sender.close();
  }

  async #runClosed(options: Omit<ClosedLoopOptions, 'clock'>): Promise<void> {
    const loop = new ClosedLoop({ ...options, clock: this.#options.clock });
    this.#closed = loop;
    if (this.#isStopped) loop.stop();
    loop.start();
    await loop.allEnded;
    this.#closed = undefined;
  }

  #send(send: () => void): void {
    this.#options.counts.addIntended();
    try {
      send();
    } catch (error) {
      // A source that cannot make its requests: nothing that came after would say anything.
      this.#failure ??= { error };
      this.stop();
    }
  }

  /** Nothing is on its way, and all that ended is told. */
  async #settled(): Promise<void> {
    if (this.#sender.running > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    this.#batches.flush();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #until(atMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      preciseWaker(this.#options.clock, resolve).wakeAt(atMs);
    });
  }
}

/** So many of a whole that is dealt out to the threads. */
function shareOf(whole: number, { thread, threads }: Share): number {
  return Math.floor(whole / threads) + (thread < whole % threads ? 1 : 0);
}
