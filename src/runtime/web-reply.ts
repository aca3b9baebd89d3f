// What a call tells, as a web Response: for programs that call a model without HTTP.

import type { RunningCall } from '../contract/executor.ts';
import { type ReplyHead, streamWindowBytes } from '../contract/thread.ts';
import type { InferenceError } from '../core/errors.ts';
import { droppedToolsHeader } from './drop-tools.ts';
import type { SubmissionObserver } from './submission.ts';

// A Response of these may not have a body, not even an empty one.
const withoutBody = new Set([101, 204, 205, 304]);

export interface WebReplyOptions {
  /** The reader of the stream left. */
  readonly onLeave: () => void;
  /** Nothing more comes. Called once. */
  readonly onSettled: () => void;
}

/** Hears one call. A stream is pulled: what its reader does not take pauses the model. */
export class WebReply implements SubmissionObserver {
  /** Rejects with the error of a call that failed before its head; later errors break the body. */
  readonly response: Promise<Response>;
  readonly #options: WebReplyOptions;
  readonly #whole: Uint8Array[] = [];
  #answer: (response: Response) => void = () => undefined;
  #refuse: (error: unknown) => void = () => undefined;
  #head: ReplyHead | undefined;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  #running: RunningCall | undefined;
  #untakenBytes = 0;
  #isSettled = false;
  #ownHeaders: ReplyHead['headers'] = {};

  constructor(options: WebReplyOptions) {
    this.#options = options;
    this.response = new Promise((resolve, reject) => {
      this.#answer = resolve;
      this.#refuse = reject;
    });
  }

  /** The call runs: credits have somewhere to go now. */
  attach(running: RunningCall): void {
    this.#running = running;
    this.#credit();
  }

  droppedTools(names: readonly string[]): void {
    this.#ownHeaders = droppedToolsHeader(names);
  }

  head(head: ReplyHead): void {
    this.#head = { ...head, headers: { ...head.headers, ...this.#ownHeaders } };
  }

  flushHead(): void {
    if (!this.#isSettled && this.#head !== undefined) this.#opened(this.#head);
  }

  chunk(bytes: Uint8Array): void {
    if (this.#isSettled || this.#head === undefined) return;
    if (this.#head.shape === 'whole') this.#whole.push(bytes);
    else {
      this.#untakenBytes += bytes.byteLength;
      this.#opened(this.#head).enqueue(bytes);
    }
  }

  end(): void {
    const head = this.#head;
    if (this.#isSettled || head === undefined) return;
    if (head.shape === 'whole') this.#answer(new Response(withoutBody.has(head.status) ? null : Buffer.concat(this.#whole), initOf(head)));
    else this.#opened(head).close();
    this.#settle();
  }

  fail(error: InferenceError): void {
    this.failWith(error);
  }

  /** With whatever the caller's own signal was aborted with, which need not be an error of ours. */
  failWith(error: unknown): void {
    if (this.#isSettled) return;
    if (this.#stream === undefined) this.#refuse(error);
    else this.#stream.error(error);
    this.#settle();
  }

  #opened(head: ReplyHead): ReadableStreamDefaultController<Uint8Array> {
    if (this.#stream !== undefined) return this.#stream;
    let opened: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          opened = controller;
        },
        pull: () => this.#credit(),
        cancel: () => {
          this.#settle();
          this.#options.onLeave();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: streamWindowBytes }),
    );
    if (opened === undefined) throw new Error('expected a stream to start when it is constructed');
    this.#stream = opened;
    this.#answer(new Response(body, initOf(head)));
    return opened;
  }

  #credit(): void {
    if (this.#isSettled || this.#running === undefined || this.#untakenBytes === 0) return;
    const taken = this.#untakenBytes;
    this.#untakenBytes = 0;
    this.#running.credit(taken);
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#options.onSettled();
  }
}

function initOf({ status, headers }: ReplyHead): ResponseInit {
  const pairs = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]));
  return { status, headers: pairs };
}
