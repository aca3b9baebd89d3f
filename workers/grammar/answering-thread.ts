// One thread that answers what it is sent, in that order. It is ended where it takes too long over one or breaks, and the next message
// starts another.
//
//             send, start                 started
//     none ───────────────► starting ───────────────► up ──┐ answer: on to the next
//      ▲                       │                       ▲───┘
//      │  start limit, error,  │                       │
//      │  exit: lost, `start`  │                       │ limit of the first unanswered: lost, `hung`
//      ├───────────────────────┘                       │ broken, error, exit: lost, `broke`
//      └───────────────────────────────────────────────┘ end: told to no one
//
// What was sent while it starts waits in its port. Only of a thread that is up can a message be to blame, and only the first that is
// not answered.

import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../src/core/clock.ts';
import type { FromGrammarThread, GrammarAnswer, GrammarThreadData, ToGrammarThread } from './grammar-messages.ts';

export interface AnsweringThreadOptions {
  readonly file: URL;
  readonly data: GrammarThreadData;
  readonly clock: Clock;
  /** For one answer, from when the thread is up and has answered what came before. Units: milliseconds. */
  readonly limitMs: number;
}

export interface Loss<Job> {
  readonly how: 'start' | 'hung' | 'broke';
  /** What it worked on. Undefined: nothing, or it was never up. */
  readonly job: Job | undefined;
  readonly cause: unknown;
}

/** Called from the events of the thread, never from within a call to it. */
export interface ThreadOwner<Job> {
  answered(answer: GrammarAnswer, job: Job): void;
  /** The thread is ended, and all that it was sent is forgotten. */
  lost(loss: Loss<Job>): void;
}

/** It takes about half a second; a busy machine may need many times that. */
const startLimitMs = 60_000;

/** Owns: its thread, ended by `end`, and with the thread that opened it. */
export class AnsweringThread<Job> {
  readonly #options: AnsweringThreadOptions;
  readonly #owner: ThreadOwner<Job>;
  #worker: Worker | undefined;
  #isUp = false;
  /** What each message was about; the thread works on the first. */
  #unanswered: Job[] = [];
  #deadline: Timer | undefined;

  constructor(options: AnsweringThreadOptions, owner: ThreadOwner<Job>) {
    this.#options = options;
    this.#owner = owner;
  }

  /** Does nothing where it has started. */
  start(): void {
    this.#started();
  }

  /** Throws: what the message cannot be copied for. */
  send(message: Exclude<ToGrammarThread, { type: 'close' }>, job: Job): void {
    this.#started().postMessage(message);
    this.#unanswered.push(job);
    if (this.#isUp && this.#unanswered.length === 1) this.#setDeadline();
  }

  /** What is not answered. A thread that is not there has nothing to close. */
  tell(message: Extract<ToGrammarThread, { type: 'close' }>): void {
    this.#worker?.postMessage(message);
  }

  /** Idempotent. What is unanswered stays so. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isUp = false;
    this.#unanswered = [];
    this.#deadline?.cancel();
    this.#deadline = undefined;
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const { file, data } = this.#options;
    const worker = new Worker(file, { workerData: data });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (message: FromGrammarThread) => {
      if (worker === this.#worker) this.#hear(message);
    });
    const gone = (cause: unknown): void => {
      if (worker === this.#worker) this.#lose('broke', cause);
    };
    worker.on('error', gone);
    worker.on('exit', gone);
    this.#setDeadline();
    return worker;
  }

  #hear(message: FromGrammarThread): void {
    if (message.type === 'broken') {
      this.#lose('broke', undefined);
      return;
    }
    if (message.type === 'started') {
      this.#isUp = true;
      this.#setDeadline();
      return;
    }
    const job = this.#unanswered.shift();
    this.#setDeadline();
    if (job !== undefined) this.#owner.answered(message, job);
  }

  #setDeadline(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
    if (this.#isUp && this.#unanswered.length === 0) return;
    const deadline = this.#options.clock.after(this.#isUp ? this.#options.limitMs : startLimitMs, () => {
      // The answer may have come while this side was busy: timers go before messages, and messages before immediates.
      setImmediate(() => {
        if (deadline === this.#deadline) this.#lose('hung', undefined);
      });
    });
    this.#deadline = deadline;
  }

  #lose(how: 'hung' | 'broke', cause: unknown): void {
    const loss: Loss<Job> = this.#isUp ? { how, job: this.#unanswered[0], cause } : { how: 'start', job: undefined, cause };
    // Ending it takes as long as the library lets it; nothing waits for that.
    void this.end();
    this.#owner.lost(loss);
  }
}
