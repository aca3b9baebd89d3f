// One call on the thread: from the message to the last byte, with cancellation and credits.

import { type CancelReason, cancelError } from '../../src/core/cancellation.ts';
import { type ErrorRecord, InferenceError, toRecord } from '../../src/core/errors.ts';
import { type CheckedBody, FramedError, type Framed, type RouteDialect } from '../../src/contract/dialect.ts';
import type { ModelRequest } from '../../src/contract/model.ts';
import type { ReplicaMemory } from '../../src/contract/replica-memory.ts';
import { type CallMessage, type FromHost, streamWindowBytes } from '../../src/contract/thread.ts';
import { dialectFor } from '../../src/dialects/route-dialects.ts';
import type { Callable } from './callable.ts';
import type { InspectedModel } from './inspect-model.ts';
import type { Permits } from './permits.ts';
import { predictChain } from './predict-chain.ts';

export interface CallSurroundings {
  readonly inspected: InspectedModel;
  readonly memory: ReplicaMemory;
  readonly permits: Permits;
  /** Whether the model runs in development. */
  readonly checkResults: boolean;
  /** Tells the model's author something. */
  readonly warn: (message: string) => void;
  readonly send: (event: FromHost, transfer: readonly ArrayBuffer[]) => void;
}

export class CallRun {
  readonly #message: CallMessage;
  readonly #around: CallSurroundings;
  readonly #abort = new AbortController();
  readonly #dialect: RouteDialect;
  #creditBytes = streamWindowBytes;
  #wake: (() => void) | undefined;

  constructor(message: CallMessage, around: CallSurroundings) {
    this.#message = message;
    this.#around = around;
    this.#dialect = dialectFor(message.method);
  }

  /** Resolves when the model is done with the call. */
  async carryOut(): Promise<void> {
    try {
      const body = this.#body();
      this.#throwIfCancelled();
      const result = await this.#invoke(body);
      const framed = await this.#dialect.frame(result, this.#frameContext(body));
      if (framed.kind === 'whole') this.#sendWhole(framed);
      else await this.#sendStream(framed);
    } catch (error) {
      // Whatever a cancelled call throws, its end is the cancellation.
      const reason = this.#reason();
      this.#fail(reason === undefined ? error : cancelError(reason));
    }
  }

  cancel(reason: CancelReason): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(cancelError(reason));
    this.#wake?.();
  }

  credit(bytes: number): void {
    this.#creditBytes += bytes;
    if (this.#creditBytes > 0) this.#wake?.();
  }

  #body(): unknown {
    const { body } = this.#message;
    if (body === undefined) return undefined;
    if (body.kind === 'bytes') return body.bytes;
    return this.#dialect.check(JSON.parse(new TextDecoder().decode(body.bytes)));
  }

  async #invoke(body: unknown): Promise<unknown> {
    const { inspected, permits } = this.#around;
    const { method } = this.#message;
    const request = this.#request();
    if (method === 'predict') return predictChain(inspected, permits, body, request);
    const callable: Callable | undefined = inspected.methods.get(method);
    if (callable === undefined) throw new InferenceError('model_not_found', `the model has no ${method}`, { param: 'model' });
    return callable(body, request);
  }

  #frameContext(body: unknown) {
    const { request } = this.#message;
    return {
      body: (typeof body === 'object' && body !== null ? body : {}) as CheckedBody, // only native bodies are anything else, and theirs is not read
      model: request.model,
      requestId: request.id,
      created: Math.floor(Date.now() / 1000),
      gather: request.gather,
      checkResults: this.#around.checkResults,
      warn: this.#around.warn,
    };
  }

  #sendWhole(framed: Extract<Framed, { kind: 'whole' }>): void {
    const { callId } = this.#message;
    const bytes = ownBytes(framed.bytes);
    this.#around.send({ type: 'whole', callId, head: framed.head, bytes, ...(framed.usage === undefined ? {} : { usage: framed.usage }) }, [
      bytes.buffer,
    ]);
  }

  async #sendStream(framed: Extract<Framed, { kind: 'stream' }>): Promise<void> {
    const { callId } = this.#message;
    const { frames } = framed;
    this.#around.send({ type: 'head', callId, head: framed.head }, []);
    try {
      for (;;) {
        const next = await frames.next();
        if (next.done === true) {
          this.#around.send({ type: 'end', callId, ...(next.value === undefined ? {} : { usage: next.value }) }, []);
          return;
        }
        this.#throwIfCancelled();
        const bytes = ownBytes(next.value.bytes);
        this.#creditBytes -= bytes.byteLength;
        this.#around.send({ type: 'chunk', callId, bytes, events: next.value.events }, [bytes.buffer]);
        while (this.#creditBytes <= 0) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#throwIfCancelled();
        }
      }
    } finally {
      // Runs the generator's `finally`; a no-op when it has ended.
      await frames.return(undefined);
    }
  }

  #fail(error: unknown): void {
    const framed = error instanceof FramedError;
    const record: ErrorRecord = toRecord(framed ? error.error : error);
    this.#around.send({ type: 'fail', callId: this.#message.callId, error: record, framed }, []);
  }

  #reason(): CancelReason | undefined {
    return this.#around.memory.cancelled(this.#message.slot);
  }

  #throwIfCancelled(): void {
    const reason = this.#reason();
    if (reason !== undefined) throw cancelError(reason);
  }

  #request(): ModelRequest {
    const { request } = this.#message;
    const reason = (): CancelReason | undefined => this.#reason();
    const throwIfCancelled = (): void => this.#throwIfCancelled();
    return {
      signal: this.#abort.signal,
      get cancelled() {
        return reason() !== undefined;
      },
      throwIfCancelled,
      headers: request.headers,
      method: request.httpMethod,
      path: request.path,
      id: request.id,
      deadlineMs: request.deadlineMs,
      priority: request.priority,
      apiKeyName: request.apiKeyName,
    };
  }
}

/** The bytes in a buffer of their own: transferring a shared one would take its neighbours' bytes along. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return whole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes); // a copy is always over its own ArrayBuffer
}
