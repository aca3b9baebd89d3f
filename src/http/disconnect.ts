// The one signal of a request: it aborts when the client leaves or the deadline passes, and keeps the reason.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CancelReason, cancelError } from '../core/cancellation.ts';
import type { Clock, Timer } from '../core/clock.ts';

/**
 * From the arrival of a request until its answer is written or its client is gone. Create it in `onRequest`.
 * Response `close` before `finish` is the disconnect. The socket's `close` counts too: with pipelined requests only the head
 * response of the socket closes. The request's own events are of no use: on a POST whose body was read they fire falsely or never.
 */
export class RequestLife {
  readonly startedAt: number;
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #over: ((gone: boolean) => void)[] = [];
  #deadline: Timer | undefined;
  #isOver = false;
  #clientLeft = false;

  constructor(request: IncomingMessage, response: ServerResponse, clock: Clock) {
    this.#clock = clock;
    this.startedAt = clock.now();
    const { socket } = request;
    const settle = (gone: boolean): void => {
      if (this.#isOver) return;
      this.#isOver = true;
      response.off('close', onClose);
      socket.off('close', onClose);
      response.off('finish', onFinish);
      this.stopDeadline();
      if (gone) this.abort('disconnect');
      for (const action of this.#over.splice(0)) action(gone);
    };
    const onClose = (): void => settle(!response.writableFinished);
    // A keep-alive socket outlives the request and would gather listeners.
    const onFinish = (): void => settle(false);
    // One listener for each pipelined request is no leak, of which Node would warn.
    socket.setMaxListeners(0);
    if (response.destroyed || socket.destroyed) settle(true);
    else {
      response.once('close', onClose);
      socket.once('close', onClose);
      response.once('finish', onFinish);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Nobody is there to answer. An error's code does not tell: a model may choose 499 or the code that goes with it. */
  get clientLeft(): boolean {
    return this.#clientLeft;
  }

  /** Milliseconds since the request arrived. */
  get elapsedMs(): number {
    return this.#clock.now() - this.startedAt;
  }

  /** The first reason wins. */
  abort(reason: CancelReason): void {
    if (this.signal.aborted) return;
    this.#clientLeft = reason === 'disconnect';
    this.#controller.abort(cancelError(reason));
  }

  /** Aborts `timeoutMs` after the request arrived. */
  startDeadline(timeoutMs: number): void {
    this.stopDeadline();
    if (!this.#isOver) this.#deadline = this.#clock.after(timeoutMs - this.elapsedMs, () => this.abort('deadline'));
  }

  stopDeadline(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }

  /** Calls `action` once, when the answer is written or the client is gone. */
  onOver(action: (gone: boolean) => void): void {
    if (this.#isOver) action(this.signal.aborted);
    else this.#over.push(action);
  }
}
