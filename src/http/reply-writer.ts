// Writes what a call tells to the client: a whole answer, or a stream with back-pressure, heartbeats and in-stream errors.

import type { FastifyReply } from 'fastify';
import type { Clock, Timer } from '../core/clock.ts';
import { toRecord } from '../core/errors.ts';
import type { Logger } from '../contract/model.ts';
import { type MethodName, methods } from '../contract/methods.ts';
import type { CallUsage, ReplyHead } from '../contract/thread.ts';
import { errorFrame, heartbeat } from '../dialects/error-body.ts';
import type { RunningRequest } from './backend.ts';
import { PacedWriter } from './paced-writer.ts';
import { droppedToolsHeader } from '../runtime/drop-tools.ts';
import type { SubmissionObserver } from '../runtime/submission.ts';
import type { RequestContext } from './request-context.ts';
import { logFailure } from './request-log.ts';

export interface WriterOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Silence on an event stream after which a heartbeat is sent. 0: none. */
  readonly heartbeatMs: number;
  /** A client that takes nothing for so long counts as gone. */
  readonly stalledWriteMs: number;
  /** The number of the first event it writes, of a stream that goes on with another's. Default 0. */
  readonly firstEvent?: number;
}

// A larger whole answer is written at the client's pace, so that a slow one is told from one that stalled.
const oneWriteBytes = 65_536;

/**
 * One call's way to its socket. It settles once: by `end`, by `fail`, or by the request's signal, which a cancelled call no
 * longer reports. An error that comes before the head is handed to `refuse`, so that it becomes an answer with its own status.
 */
export class ReplyWriter implements SubmissionObserver {
  readonly #reply: FastifyReply;
  readonly #method: MethodName;
  readonly #context: RequestContext;
  readonly #options: WriterOptions;
  readonly #refuse: (error: unknown) => void;
  readonly #onAbort: () => void;
  readonly #writer: PacedWriter;
  readonly #whole: Uint8Array[] = [];
  #head: ReplyHead | undefined;
  #streaming = false;
  #isSettled = false;
  /** The number of the next event. */
  #events: number;
  #running: RunningRequest | undefined;
  #owedBytes = 0;
  #heartbeatTimer: Timer | undefined;

  constructor(reply: FastifyReply, method: MethodName, context: RequestContext, options: WriterOptions, refuse: (error: unknown) => void) {
    this.#events = options.firstEvent ?? 0;
    this.#reply = reply;
    this.#method = method;
    this.#context = context;
    this.#options = options;
    this.#refuse = refuse;
    this.#writer = new PacedWriter(reply.request.raw, reply.raw, {
      clock: options.clock,
      stalledWriteMs: options.stalledWriteMs,
      onTaken: (bytes) => this.#credit(bytes),
      onStall: () => {
        context.life.abort('disconnect');
        reply.raw.destroy();
      },
    });
    const { signal } = context.life;
    this.#onAbort = () => this.fail(signal.reason, false);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    context.life.onOver(() => {
      this.#heartbeatTimer?.cancel();
      this.#writer.drop();
    });
    if (signal.aborted) this.#onAbort();
  }

  /** The call runs: credits have somewhere to go now. */
  attach(running: RunningRequest): void {
    this.#running = running;
    const owed = this.#owedBytes;
    this.#owedBytes = 0;
    if (owed > 0) running.credit(owed);
  }

  started(model: string, queueMs: number): void {
    this.#context.model = model;
    this.#context.queueMs = queueMs;
  }

  droppedTools(names: readonly string[]): void {
    this.#reply.headers(droppedToolsHeader(names));
  }

  head(head: ReplyHead): void {
    this.#head = head;
  }

  flushHead(): void {
    const head = this.#head;
    if (this.#isSettled || head === undefined) return;
    this.#openStream(head);
    this.#reply.raw.flushHeaders();
  }

  chunk(bytes: Uint8Array, events: number): void {
    const head = this.#head;
    if (this.#isSettled || head === undefined) return;
    if (head.shape === 'whole') {
      this.#whole.push(bytes);
      return;
    }
    this.#openStream(head);
    this.#events += events;
    this.#restartHeartbeat();
    this.#writer.write(bytes);
  }

  end(usage: CallUsage | undefined): void {
    const head = this.#head;
    if (this.#isSettled || head === undefined) return;
    this.#context.usage = usage;
    if (head.shape !== 'whole') {
      this.#openStream(head);
      this.#settle();
      this.#writer.end();
      return;
    }
    const bytes = Buffer.concat(this.#whole);
    if (bytes.length > oneWriteBytes) {
      this.#open(head, { 'content-length': String(bytes.length) });
      this.#settle();
      this.#writer.write(bytes);
      this.#writer.end();
      return;
    }
    this.#settle();
    this.#noteFirstByte(head.status);
    this.#reply.code(head.status).headers(head.headers).send(bytes);
  }

  fail(error: unknown, framed: boolean): void {
    if (this.#isSettled) return;
    this.#settle();
    if (!this.#streaming) {
      this.#refuse(error);
      return;
    }
    const { raw } = this.#reply;
    const record = toRecord(error);
    this.#context.code = record.code;
    // An error before the head is logged by whoever answers it.
    logFailure(this.#options.logger, this.#context.id, record);
    if (this.#context.life.clientLeft) {
      this.#context.status = record.status;
      raw.destroy();
    } else if (this.#head?.shape === 'sse') {
      if (!framed) this.#writer.write(errorFrame(this.#method, record, this.#context.id, this.#events, this.#head.response), true);
      this.#writer.end();
    } else {
      // Without its final chunk no client takes a raw stream for complete.
      raw.destroy();
    }
  }

  /** The head waits for the first bytes, so that an error before them keeps its status. */
  #openStream(head: ReplyHead): void {
    if (this.#streaming) return;
    this.#streaming = true;
    this.#open(head, {});
    this.#restartHeartbeat();
  }

  #open(head: ReplyHead, more: Readonly<Record<string, string>>): void {
    this.#noteFirstByte(head.status);
    const kept = this.#reply.getHeaders(); // CORS and ids, which a hijacked reply would lose
    this.#reply.hijack();
    for (const [name, value] of Object.entries({ ...kept, ...head.headers, ...more }))
      if (value !== undefined) this.#reply.raw.setHeader(name, value);
    this.#reply.raw.writeHead(head.status);
  }

  #noteFirstByte(status: number): void {
    const { elapsedMs } = this.#context.life;
    this.#context.status = status;
    this.#context.firstByteMs = elapsedMs;
    this.#reply.header('openai-processing-ms', String(Math.round(elapsedMs)));
  }

  #credit(bytes: number): void {
    if (this.#running === undefined) this.#owedBytes += bytes;
    else if (!this.#isSettled && bytes > 0) this.#running.credit(bytes);
  }

  #restartHeartbeat(): void {
    this.#heartbeatTimer?.cancel();
    const { clock, heartbeatMs } = this.#options;
    if (this.#isSettled || heartbeatMs === 0 || this.#head?.shape !== 'sse') return;
    this.#heartbeatTimer = clock.after(heartbeatMs, () => {
      // Behind unread bytes a heartbeat would only add to them.
      if (!this.#writer.isWaiting) this.#writer.write(heartbeat(methods[this.#method].family), true);
      this.#restartHeartbeat();
    });
  }

  #settle(): void {
    this.#isSettled = true;
    this.#context.life.signal.removeEventListener('abort', this.#onAbort);
    this.#context.life.stopDeadline();
    this.#heartbeatTimer?.cancel();
    // The last bytes can stall as well; the timer is stopped when the answer is written or the client is gone.
    this.#writer.watch();
  }
}
