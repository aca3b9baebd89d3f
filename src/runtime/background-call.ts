// The call of one background response: it hears the model as a client would, and tells the response what it hears.

import { cancelError } from '../core/cancellation.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { InferenceError, toRecord } from '../core/errors.ts';
import type { RunningCall } from '../contract/executor.ts';
import type { CallUsage, ReplyHead } from '../contract/thread.ts';
import { type Json, recordOf } from '../dialects/adapters/record-of.ts';
import { type Failure, failureOf } from './background-object.ts';
import type { BackgroundResponse, ResponseState } from './background-response.ts';
import { endToldBy } from './final-status.ts';
import { ReplyEvents } from './reply-events.ts';
import type { SubmissionObserver } from './submission.ts';

export interface BackgroundCallOptions {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly response: BackgroundResponse;
  /** The call is over, and its place free or about to be. */
  readonly onOver: (facts: OverFacts) => void;
}

/** What the log line tells. */
export interface OverFacts {
  readonly state: ResponseState;
  readonly failure: Failure | undefined;
  readonly queueMs: number | undefined;
  readonly totalMs: number;
  readonly usage: CallUsage | undefined;
}

// The events of the model that the server has sent by itself, with its own id.
const beginnings: ReadonlySet<unknown> = new Set(['response.created', 'response.queued', 'response.in_progress']);

/** Owns: its deadline, until it is over. */
export class BackgroundCall implements SubmissionObserver {
  readonly response: BackgroundResponse;
  readonly #options: BackgroundCallOptions;
  readonly #controller = new AbortController();
  readonly #deadline: Timer;
  readonly #startedAt: number;
  /** Undefined: no answer yet, or none that anybody waits for. */
  #events: ReplyEvents | undefined;
  #isPaced = false;
  #running: RunningCall | undefined;
  #owedBytes = 0;
  #queueMs: number | undefined;
  #isOver = false;
  #accept = (): void => {};
  /** Resolves when the call has a place or waits for one. */
  readonly accepted = new Promise<void>((resolve) => {
    this.#accept = resolve;
  });

  constructor(options: BackgroundCallOptions) {
    this.#options = options;
    this.response = options.response;
    const { clock, deadlineMs } = options;
    this.#startedAt = clock.now();
    this.#deadline = clock.after(deadlineMs, () => this.#controller.abort(cancelError('deadline')));
  }

  /** Stops the work; no client's leaving does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The call runs: credits have somewhere to go now. */
  attach(running: RunningCall): void {
    this.#running = running;
    this.#credit(0);
  }

  /** Stops the work wherever it is. Nothing happens where the response is settled. */
  cancel(): void {
    if (!this.response.isRunning) return;
    this.response.cancel();
    this.#leave();
  }

  queued(): void {
    this.response.accept();
    this.#accept();
  }

  started(_model: string, queueMs: number): void {
    this.queued();
    this.#queueMs = queueMs;
    this.response.begin();
  }

  head(head: ReplyHead): void {
    this.#isPaced = head.shape !== 'whole';
    if (this.response.isRunning) this.#events = new ReplyEvents(head, this.response);
  }

  chunk(bytes: Uint8Array): void {
    this.#read((events) => events.take(bytes));
    if (this.#isPaced) this.#credit(bytes.byteLength);
  }

  end(usage: CallUsage | undefined): void {
    this.#read((events) => events.end());
    this.response.fail(new InferenceError('invalid_result', 'expected responses to end with a response, got none'));
    this.#over(this.response.failure, usage);
  }

  fail(error: InferenceError, framed: boolean): void {
    this.response.fail(error);
    // Says more than the events by which the model's thread told of it, but for the answer to an abort from here.
    const isTold = framed && this.response.state === 'failed' && !this.signal.aborted;
    this.#over(isTold ? failureOf(toRecord(error)) : this.response.failure, undefined);
  }

  /** The call ends without having run. False: it was not even accepted, nobody heard of the response, and its client is told instead. */
  endUnrun(error: unknown): boolean {
    if (this.response.refuse()) {
      this.#deadline.cancel();
      return false;
    }
    this.response.fail(error);
    this.#over(this.response.failure, undefined);
    return true;
  }

  /** What the model answered may be anything; an answer that cannot be read ends its call. */
  #read(step: (events: ReplyEvents) => readonly Json[]): void {
    if (this.#events === undefined) return;
    try {
      for (const event of step(this.#events)) this.#take(event);
    } catch (error) {
      this.response.fail(error);
      this.#leave();
    }
    if (!this.response.isRunning) this.#events = undefined;
  }

  #take(event: Json): void {
    const { type } = event;
    if (typeof type !== 'string' || beginnings.has(type)) return;
    const status = endToldBy(type);
    if (status === undefined) {
      this.response.tell(event);
      return;
    }
    const told = recordOf(event['response']);
    if (told !== undefined && Array.isArray(told['output'])) this.response.end(status, told, event);
  }

  /** What the model still says is heard by nobody. */
  #leave(): void {
    this.#events = undefined;
    this.#controller.abort(cancelError('disconnect'));
  }

  #credit(bytes: number): void {
    this.#owedBytes += bytes;
    if (this.#running === undefined || this.#owedBytes === 0 || this.#isOver) return;
    this.#running.credit(this.#owedBytes);
    this.#owedBytes = 0;
  }

  #over(failure: Failure | undefined, usage: CallUsage | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline.cancel();
    const totalMs = this.#options.clock.now() - this.#startedAt;
    this.#options.onOver({ state: this.response.state, failure, queueMs: this.#queueMs, totalMs, usage });
  }
}
