// One request on its way: takes the times of what happens to it, and is settled exactly once, with its record.
//
//   waiting ──► handed to a connection ──► sent ──► headers ──► pieces ──► ended
//
// It may be told to leave or to expire in any of these. What can be told then is a record; the connection it had, if any, is closed.

import type { Dispatcher } from 'undici';
import type { Clock } from '../../core/clock.ts';
import type { AnswerReader, PreparedRequest } from '../prepared-request.ts';
import type { Outcome, RequestRecord } from '../request-record.ts';
import type { Leave } from '../scenario-schema.ts';
import { connectionReason, mostErrorBytes, rejectionReason } from './failure-reason.ts';

/** Hears of all exchanges of a sender. */
export interface ExchangeWatcher {
  /** It went one phase or some pieces further. */
  moved?(exchange: Exchange): void;
  ended(record: RequestRecord, exchange: Exchange): void;
}

/** What an exchange needs of who sent it. */
export interface ExchangeHome {
  /** Its 0 is that of all times told. */
  readonly clock: Clock;
  moved(exchange: Exchange): void;
  ended(record: RequestRecord, exchange: Exchange): void;
  /** Its connection has nothing more to do with it. Comes once for each that was handed to one, sooner or later than `ended`. */
  released(exchange: Exchange): void;
}

/** A request's place in the step. */
export interface Place {
  readonly index: number;
  readonly intendedMs: number;
  readonly isWarmup: boolean;
  /** Its client means to leave then. */
  readonly leave?: Leave['phase'];
}

/** No answer follows it. Made once: making an error costs a stack, and this one has no news in it. */
const goneAway = new Error('the client left');

export class Exchange implements Dispatcher.DispatchHandler {
  readonly request: PreparedRequest;
  readonly place: Place;
  readonly body: Buffer;
  readonly #home: ExchangeHome;
  #controller: Dispatcher.DispatchController | undefined;
  #reader: AnswerReader | undefined;
  #errorBody: Buffer[] | undefined;
  #errorBytes = 0;
  #sentMs: number | undefined;
  #status: number | undefined;
  #firstByteMs: number | undefined;
  readonly #tokenMs: number[] = [];
  #bytesReceived = 0;
  #isOver = false;

  constructor(request: PreparedRequest, place: Place, home: ExchangeHome) {
    this.request = request;
    this.place = place;
    this.body = Buffer.from(request.body);
    this.#home = home;
  }

  get intendedMs(): number {
    return this.place.intendedMs;
  }

  get sentMs(): number | undefined {
    return this.#sentMs;
  }

  /** Whether a byte of the answer has come. */
  get isAnswered(): boolean {
    return this.#firstByteMs !== undefined;
  }

  get hasHeaders(): boolean {
    return this.#status !== undefined;
  }

  /** Pieces of output so far. */
  get pieces(): number {
    return this.#tokenMs.length;
  }

  get firstTokenMs(): number | undefined {
    return this.#tokenMs[0];
  }

  /** Whether its record is written. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The client goes now, for good: its connection is closed. Does nothing where it has ended. `because` is added to the reason. */
  leave(because = ''): void {
    this.#abandon('cancelled', `left ${this.#phase()}${because}`);
  }

  /** Its time is over. */
  expire(): void {
    this.#abandon('timeout', `no end in time, ${this.#phase()}`);
  }

  // undici calls this right before it writes the head and body to the socket, in the same turn: nothing nearer to the write is told of.
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) {
      // It ended while its connection was being made. Nothing of it is written, but undici gives the connection up.
      controller.abort(goneAway);
      return;
    }
    this.#sentMs = this.#home.clock.now();
    this.#home.moved(this);
  }

  /** The first byte. undici has it for handlers of either form, and comes here earlier than with the headers. */
  onResponseStarted(): void {
    this.#firstByteMs ??= this.#home.clock.now();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Interim answers (103) come here too.
    if (status < 200 || this.#isOver) return;
    this.#status = status;
    if (status >= 400) this.#errorBody = [];
    else if (status < 300) {
      this.#reader = this.request.answer();
      this.#reader.head(headers);
    }
    this.#home.moved(this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#bytesReceived += chunk.length;
    if (this.#reader === undefined) {
      this.#keepError(chunk);
      return;
    }
    const nowMs = this.#home.clock.now();
    const pieces = this.#reader.data(chunk);
    if (pieces === 0) return;
    // What came in one read came at one time, as far as anybody outside can tell.
    for (let piece = 0; piece < pieces; piece++) this.#tokenMs.push(nowMs);
    this.#home.moved(this);
  }

  onResponseEnd(): void {
    this.#home.released(this);
    if (this.#isOver || this.#status === undefined) return;
    if (this.#reader === undefined) {
      const status = this.#status;
      if (status < 400) this.#end('wrong_answer', `status ${status}`);
      else this.#end('rejected', rejectionReason(status, Buffer.concat(this.#errorBody ?? []).toString()));
      return;
    }
    this.#end(undefined, undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#home.released(this);
    if (this.#isOver) return;
    if (this.#status === undefined) {
      this.#end('connection_error', connectionReason(error, this.#sentMs === undefined ? 'while connecting' : 'before the answer'));
    } else if (this.#status >= 400) {
      // The answer is no, however much of it came.
      this.#end('rejected', rejectionReason(this.#status, ''));
    } else this.#end('truncated', connectionReason(error, 'in the answer'));
  }

  #phase(): string {
    if (this.#sentMs === undefined) return 'before it was sent';
    if (this.#status === undefined) return 'before any byte of the answer';
    return this.#tokenMs.length === 0 ? 'after the headers, before the first token' : 'in mid-stream';
  }

  #abandon(outcome: Outcome, reason: string): void {
    if (this.#isOver) return;
    this.#end(outcome, reason);
    // Calls onResponseError in the same turn.
    this.#controller?.abort(goneAway);
  }

  #keepError(chunk: Buffer): void {
    if (this.#errorBody === undefined || this.#errorBytes >= mostErrorBytes) return;
    this.#errorBytes += chunk.length;
    this.#errorBody.push(chunk);
  }

  /** Without an outcome the reader of the answer has the word. */
  #end(outcome: Outcome | undefined, reason: string | undefined): void {
    this.#isOver = true;
    const endMs = this.#home.clock.now();
    // Of an answer that was given up its reader is not asked: it would call cut what the client itself did.
    const isRead = outcome === undefined || outcome === 'truncated';
    const verdict = isRead ? this.#reader?.end() : undefined;
    const { request, place } = this;
    const record: { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] } = {
      index: place.index,
      workload: request.workload,
      route: request.route,
      isWarmup: place.isWarmup,
      intendedMs: place.intendedMs,
      // One that was never sent was late until it ended.
      sentMs: this.#sentMs ?? endMs,
      tokenMs: this.#tokenMs,
      endMs,
      outcome: outcome ?? verdict?.outcome ?? 'ok',
      bytesSent: this.#sentMs === undefined ? 0 : this.body.length,
      bytesReceived: this.#bytesReceived,
      items: request.items,
    };
    if (request.model !== undefined) record.model = request.model;
    if (this.#firstByteMs !== undefined) record.firstByteMs = this.#firstByteMs;
    if (this.#tokenMs[0] !== undefined) record.firstTokenMs = this.#tokenMs[0];
    if (this.#status !== undefined) record.status = this.#status;
    if (verdict?.tokensIn !== undefined) record.tokensIn = verdict.tokensIn;
    if (verdict?.tokensOut !== undefined) record.tokensOut = verdict.tokensOut;
    if (verdict?.serverMs !== undefined) record.serverMs = verdict.serverMs;
    if (place.leave !== undefined) record.leave = place.leave;
    const told = reason ?? verdict?.reason ?? (place.leave === undefined ? undefined : 'ended before its client left');
    if (told !== undefined) record.reason = told;
    this.#home.ended(record, this);
  }
}
