// Owns the grammar thread of one generator: opens constraints on it, bounds its compiles, and replaces it when a grammar hangs it.

import { Worker } from 'node:worker_threads';
import type { OutputFormat } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import type { Clock, Timer } from '../../src/core/clock.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { type Constraint, SharedConstraint } from './constraint.ts';
import { formatGrammar } from './format-grammar.ts';
import type { FromGrammarThread, GrammarThreadData, ToGrammarThread } from './grammar-messages.ts';
import type { ToolGrammar } from './tool-grammar.ts';

export interface GrammarEngineOptions {
  /** Texts of the tokens as in tokenizer.json, by id; byte-level BPE. */
  readonly vocabulary: readonly string[];
  readonly stopIds: readonly number[];
  /** Width of the logits, where it is more than the vocabulary. */
  readonly logitCount?: number;
  readonly clock: Clock;
  /** Units: milliseconds. Default 10,000. */
  readonly compileLimitMs?: number;
  /** Most compiled grammars kept. Default 64. */
  readonly mostGrammars?: number;
  /** Most constraints open or waiting. Default 256. */
  readonly mostConstraints?: number;
  /** File of the thread; tests run it from the build. */
  readonly threadFile?: URL;
}

/** Owns: its thread, ended by `close`, and with the thread that opened it. */
export class GrammarEngine {
  readonly #options: GrammarEngineOptions;
  readonly #open = new Map<number, SharedConstraint>();
  readonly #compiling = new Map<number, { readonly param: string; timer?: Timer }>();
  #worker: Worker | undefined;
  #isClosed = false;
  #nextId = 0;

  static open(options: GrammarEngineOptions): GrammarEngine {
    return new GrammarEngine(options);
  }

  private constructor(options: GrammarEngineOptions) {
    this.#options = options;
  }

  /**
   * Throws: InferenceError `invalid_value` or `unsupported_value` with the path of the wrong part below `param`, `rate_limit_exceeded` when
   * too many are open, `replica_lost` when another grammar cost the thread, or why the call was cancelled.
   */
  async constrain(format: OutputFormat | ToolGrammar, param: string, call: Cancellable): Promise<Constraint> {
    call.throwIfCancelled();
    if (this.#isClosed) throw lost();
    const ebnf = formatGrammar(format, param);
    if (this.#open.size >= (this.#options.mostConstraints ?? 256)) {
      throw new InferenceError('rate_limit_exceeded', 'too many constrained texts are open', { retryAfterMs: 1000 });
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const words = Math.ceil(this.#logitCount / 32);
    const mask = new SharedArrayBuffer(words * 4);
    const constraint = new SharedConstraint(mask, {
      send: (message) => this.#send({ ...message, id }),
      close: () => {
        if (this.#open.delete(id)) this.#send({ type: 'close', id });
      },
    });
    this.#open.set(id, constraint);
    this.#compiling.set(id, { param });
    const leave = (): void => constraint.close();
    call.signal.addEventListener('abort', leave, { once: true });
    try {
      this.#send({ type: 'open', id, ebnf, isForeign: format.kind === 'grammar', mask });
      await constraint.ready();
      return constraint;
    } catch (error) {
      constraint.close();
      call.throwIfCancelled();
      throw error;
    } finally {
      call.signal.removeEventListener('abort', leave);
    }
  }

  /** Idempotent. Open constraints fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#endThread(() => lost());
  }

  get #logitCount(): number {
    return this.#options.logitCount ?? this.#options.vocabulary.length;
  }

  #send(message: ToGrammarThread): void {
    if (this.#isClosed) return;
    this.#worker ??= this.#startThread();
    this.#worker.postMessage(message);
  }

  #startThread(): Worker {
    const { vocabulary, stopIds, mostGrammars = 64 } = this.#options;
    const workerData: GrammarThreadData = { vocabulary, stopIds, mostGrammars, logitCount: this.#logitCount };
    const worker = new Worker(this.#options.threadFile ?? new URL('./grammar-thread.js', import.meta.url), { workerData });
    worker.unref();
    worker.on('message', (message: FromGrammarThread) => {
      if (worker === this.#worker) this.#hear(message);
    });
    const gone = (cause: unknown): void => {
      if (worker === this.#worker) void this.#endThread(() => lost(cause));
    };
    worker.on('error', gone);
    worker.on('exit', gone);
    return worker;
  }

  #hear(message: FromGrammarThread): void {
    const { id } = message;
    const compiling = this.#compiling.get(id);
    if (message.type === 'begun') {
      const limitMs = this.#options.compileLimitMs ?? 10_000;
      if (compiling !== undefined) compiling.timer = this.#options.clock.after(limitMs, () => this.#replace(id));
      return;
    }
    compiling?.timer?.cancel();
    this.#compiling.delete(id);
    if (message.type === 'ready') {
      this.#open.get(id)?.arrived(message.accepted, message.ended);
      return;
    }
    this.#open
      .get(id)
      ?.fail(new InferenceError('invalid_value', 'expected a grammar that can be compiled', { param: compiling?.param ?? '' }));
  }

  /** The one that took too long is told so; the others may try again, on a new thread. */
  #replace(id: number): void {
    const param = this.#compiling.get(id)?.param ?? '';
    this.#open.get(id)?.fail(new InferenceError('invalid_value', 'expected a grammar that compiles within the limit', { param }));
    void this.#endThread(() => lost());
  }

  async #endThread(error: () => InferenceError): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const { timer } of this.#compiling.values()) timer?.cancel();
    this.#compiling.clear();
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const constraint of open) constraint.fail(error());
    await worker?.terminate();
  }
}

function lost(cause?: unknown): InferenceError {
  return new InferenceError('replica_lost', 'the thread of the grammar had to be ended', { retryAfterMs: 1000, cause });
}
