// One response of the background: hears its call as a client would, and keeps what it hears for whoever asks.

import { cancelError } from '../core/cancellation.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { type ErrorRecord, fromRecord, InferenceError, toRecord } from '../core/errors.ts';
import type { RunningCall } from '../contract/executor.ts';
import type { CallUsage, ReplyHead } from '../contract/thread.ts';
import { errorFrame, wireCode } from '../dialects/error-body.ts';
import { dataFrame, eventFrame } from '../dialects/sse.ts';
import { type EventLog, type LogEnd, weightOfEvent } from './event-log.ts';
import { type Json, jsonObject, ReplyEvents } from './reply-events.ts';
import type { Hold, ResponseStore, StoredResponse } from './response-store.ts';
import type { SubmissionObserver } from './submission.ts';

export interface BackgroundCallOptions {
  readonly clock: Clock;
  readonly store: ResponseStore;
  readonly owner: string;
  readonly requestId: string;
  readonly deadlineMs: number;
  /** The response object while it is queued; later ones are made of it. */
  readonly queued: Json & { readonly id: string };
  readonly input: Uint8Array;
  /** Undefined: no events were asked for. */
  readonly log: EventLog | undefined;
  readonly hold: Hold;
  readonly onAccepted: () => void;
  /** It has its end, and the store has it. */
  readonly onSettled: () => void;
  /** Its call is over, and its place free or about to be. */
  readonly onOver: (facts: OverFacts) => void;
}

/** What the log line tells. */
export interface OverFacts {
  readonly state: string;
  readonly error: ErrorRecord | undefined;
  readonly queueMs: number | undefined;
  readonly totalMs: number;
  readonly usage: CallUsage | undefined;
}

// The events of the model that the server has sent by itself, with its own id.
const beginnings: ReadonlySet<unknown> = new Set(['response.created', 'response.queued', 'response.in_progress']);
const finals: ReadonlyMap<unknown, string> = new Map(['completed', 'incomplete', 'failed'].map((status) => [`response.${status}`, status]));

/** Owns: its deadline and its room in the store, until it is over. It is settled once, by its call, its deadline or `cancel`. */
export class BackgroundCall implements SubmissionObserver {
  readonly #options: BackgroundCallOptions;
  readonly #controller = new AbortController();
  readonly #deadline: Timer;
  readonly #startedAt: number;
  #state = 'offered';
  #isSettled = false;
  #isOver = false;
  #log: EventLog | undefined;
  #events: ReplyEvents | undefined;
  #isPaced = false;
  #running: RunningCall | undefined;
  #owedBytes = 0;
  #queueMs: number | undefined;
  #error: ErrorRecord | undefined;
  #accept = (): void => {};
  /** Resolves when the call has a place or waits for one. */
  readonly accepted = new Promise<void>((resolve) => {
    this.#accept = resolve;
  });

  constructor(options: BackgroundCallOptions) {
    this.#options = options;
    this.#log = options.log;
    const { clock, deadlineMs } = options;
    this.#startedAt = clock.now();
    this.#deadline = clock.after(deadlineMs, () => this.#controller.abort(cancelError('deadline')));
  }

  get owner(): string {
    return this.#options.owner;
  }

  /** Stops the work; no client's leaving does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isAccepted(): boolean {
    return this.#state !== 'offered';
  }

  /** As the store has it once it is settled. */
  view(): StoredResponse {
    const { queued, input, log } = this.#options;
    const response = Buffer.from(JSON.stringify({ ...queued, status: this.#state }));
    return { id: queued.id, response, input, background: { isStreamed: log !== undefined, log: this.#log } };
  }

  /** The call was refused: nobody heard of the response. */
  discard(): void {
    this.#deadline.cancel();
    this.#options.hold.release();
  }

  /** The call runs: credits have somewhere to go now. */
  attach(running: RunningCall): void {
    this.#running = running;
    this.#credit(0);
  }

  /** Stops the work wherever it is. Nothing happens where it is settled. */
  cancel(): void {
    if (this.#isSettled) return;
    this.#state = 'cancelled';
    const response = { ...this.#options.queued, status: 'cancelled' };
    this.#append({ type: 'response.cancelled', response });
    this.#settle(response, { kind: 'whole' });
    this.#controller.abort(cancelError('disconnect'));
  }

  queued(): void {
    if (this.isAccepted) return;
    this.#state = 'queued';
    for (const type of ['response.created', 'response.queued']) this.#append({ type, response: this.#options.queued });
    this.#options.onAccepted();
    this.#accept();
  }

  started(_model: string, queueMs: number): void {
    this.queued();
    if (this.#isSettled) return;
    this.#queueMs = queueMs;
    this.#state = 'in_progress';
    this.#append({ type: 'response.in_progress', response: { ...this.#options.queued, status: 'in_progress' } });
  }

  head(head: ReplyHead): void {
    this.#isPaced = head.shape !== 'whole';
    this.#events = new ReplyEvents(head, this.#options.store.maxBytes);
  }

  chunk(bytes: Uint8Array): void {
    this.#read((events) => events.take(bytes));
    if (this.#isPaced) this.#credit(bytes.byteLength);
  }

  end(usage: CallUsage | undefined): void {
    this.#read((events) => events.end());
    this.#settleFailed(new InferenceError('invalid_result', 'expected responses to end with a response, got none'));
    this.#over(usage);
  }

  fail(error: InferenceError, framed: boolean): void {
    // Says more than the events by which the model's thread told of it.
    if (framed && this.#state === 'failed') this.#error = toRecord(error);
    this.failWith(error);
  }

  failWith(error: unknown): void {
    this.#settleFailed(error);
    this.#over(undefined);
  }

  /** What the model answered may be anything; an answer that cannot be read ends its call. */
  #read(step: (events: ReplyEvents) => readonly Json[]): void {
    if (this.#isSettled || this.#events === undefined) return;
    try {
      for (const event of step(this.#events)) this.#take(event);
    } catch (error) {
      this.#settleFailed(error);
      this.#controller.abort(cancelError('disconnect'));
    }
  }

  #take(event: Json): void {
    const { type } = event;
    if (this.#isSettled || typeof type !== 'string' || beginnings.has(type)) return;
    const response = jsonObject(event['response']);
    const status = finals.get(type);
    if (status === undefined) this.#append(event);
    else if (response !== undefined && Array.isArray(response['output'])) {
      this.#state = status;
      const final = this.#owned(response, status);
      this.#append({ ...event, response: final });
      this.#settle(final, status === 'failed' ? { kind: 'failed', error: this.#ownError(response['error']) } : { kind: 'whole' });
    }
  }

  /** The id is known to the client already, and whether it runs in the background is not the model's business. */
  #owned(response: Json, status: string): Json {
    const { id, created_at, model } = this.#options.queued;
    return { ...response, id, object: 'response', created_at, model: response['model'] ?? model, status, background: true, store: true };
  }

  /** Of a model that told of its failure inside its answer. */
  #ownError(told: unknown): InferenceError {
    const { code, message } = jsonObject(told) ?? {};
    const own = { code: String(code ?? 'internal_error'), message: String(message ?? 'the model failed to answer') };
    this.#error = { ...own, status: 500, param: null };
    return fromRecord(this.#error);
  }

  #settleFailed(thrown: unknown): void {
    if (this.#isSettled) return;
    this.#state = 'failed';
    this.#error = toRecord(thrown);
    const { stack: _, ...record } = this.#error;
    if (this.#log !== undefined) this.#appendFrame(this.#log, errorFrame('responses', record, this.#options.requestId, this.#log.length));
    const response = this.#failed(record);
    this.#append({ type: 'response.failed', response });
    this.#settle(response, { kind: 'failed', error: fromRecord(record) });
  }

  #failed(record: ErrorRecord): Json {
    // Unlike that of an error, the code of a response is never null.
    const error = { code: wireCode(record) ?? 'server_error', message: record.message };
    return { ...this.#options.queued, status: 'failed', error };
  }

  #settle(response: Json, end: LogEnd): void {
    const { hold, input, log, onSettled, owner, queued, store } = this.#options;
    this.#isSettled = true;
    // In one turn with what follows, so that nobody takes the room in between.
    hold.release();
    const keep = (final: Json): boolean => {
      const background = { isStreamed: log !== undefined, log: this.#log };
      return store.keep(owner, { id: queued.id, response: Buffer.from(JSON.stringify(final)), input, background });
    };
    if (!keep(response)) {
      this.#dropLog();
      if (!keep(response)) {
        this.#state = 'failed';
        this.#error = toRecord(new InferenceError('invalid_result', 'expected a response that the store can hold, got a larger one'));
        // What the queued response weighed was held, and this one weighs no more than that and the margin.
        keep(this.#failed(this.#error));
      }
    }
    this.#log?.end(end);
    onSettled();
  }

  #append(event: Json & { readonly type?: unknown }): void {
    const log = this.#log;
    if (log === undefined) return;
    const json = JSON.stringify({ ...event, sequence_number: log.length });
    // A name with a line break would be two lines of the stream.
    const isName = typeof event.type === 'string' && /^[\w.-]+$/.test(event.type);
    this.#appendFrame(log, (isName ? eventFrame(String(event.type), json) : dataFrame(json)).bytes);
  }

  #appendFrame(log: EventLog, frame: Uint8Array): void {
    if (this.#options.hold.grow(weightOfEvent(frame))) log.append(frame);
    else this.#dropLog();
  }

  /** The response goes on without: its readers are told, and later ones refused. */
  #dropLog(): void {
    const log = this.#log;
    if (log === undefined) return;
    this.#log = undefined;
    if (!this.#isSettled) this.#options.hold.shrink(log.bytes);
    log.drop(new InferenceError('invalid_result', 'expected events that the store can hold, got more; the response is fetched by its id'));
  }

  #credit(bytes: number): void {
    this.#owedBytes += bytes;
    if (this.#running === undefined || this.#owedBytes === 0 || this.#isOver) return;
    this.#running.credit(this.#owedBytes);
    this.#owedBytes = 0;
  }

  #over(usage: CallUsage | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline.cancel();
    const totalMs = this.#options.clock.now() - this.#startedAt;
    this.#options.onOver({ state: this.#state, error: this.#error, queueMs: this.#queueMs, totalMs, usage });
  }
}
