// Opens constraints on the grammar thread of one generator. When a grammar hangs or breaks the thread, its own constraint fails, and the
// others go on, on a new thread.

import { Worker } from 'node:worker_threads';
import type { OutputFormat } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import type { Clock, Timer } from '../../src/core/clock.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { type Constraint, SharedConstraint } from './constraint.ts';
import { formatGrammar } from './format-grammar.ts';
import type { Accepted, FromGrammarThread, GrammarThreadData, ToGrammarThread, WrittenGrammar } from './grammar-messages.ts';
import type { ToolGrammar } from './tool-grammar.ts';

export interface GrammarEngineOptions {
  /** Texts of the tokens as in tokenizer.json, by id; byte-level BPE. Empty: never allowed, as special tokens are. */
  readonly vocabulary: readonly string[];
  readonly stopIds: readonly number[];
  /** Width of the logits, where it is more than the vocabulary. */
  readonly logitCount?: number;
  readonly clock: Clock;
  /** For one compile, and for one mask. Units: milliseconds. Default 5,000. */
  readonly limitMs?: number;
  /** Most compiled grammars kept. Default 64. */
  readonly mostGrammars?: number;
  /** Most constraints open or waiting. Default 256. */
  readonly mostConstraints?: number;
  /** File of the thread; tests run it from the build. */
  readonly threadFile?: URL;
}

interface OpenConstraint {
  readonly constraint: SharedConstraint;
  readonly grammar: WrittenGrammar;
  readonly param: string;
  readonly mask: SharedArrayBuffer;
  /** What another thread needs to go on. */
  readonly accepted: Accepted[];
  isCompiled: boolean;
}

/** Grammars that hung or broke a thread, so that they do so once. */
const mostRefused = 64;

/** Owns: its thread, ended by `close`, and with the thread that opened it. */
export class GrammarEngine {
  readonly #options: GrammarEngineOptions;
  readonly #open = new Map<number, OpenConstraint>();
  readonly #refused = new Set<string>();
  /** Of the messages that the thread has not answered; it works on the first. */
  #unanswered: number[] = [];
  #deadline: Timer | undefined;
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
   * too many are open, `replica_lost` when the engine is closed, or why the call was cancelled.
   */
  async constrain(format: OutputFormat | ToolGrammar, param: string, call: Cancellable): Promise<Constraint> {
    call.throwIfCancelled();
    if (this.#isClosed) throw closed();
    const grammar = formatGrammar(format, param);
    if (this.#refused.has(grammar.ebnf)) throw tooHard(param);
    if (this.#open.size >= (this.#options.mostConstraints ?? 256)) {
      throw new InferenceError('rate_limit_exceeded', 'too many constrained texts are open', { retryAfterMs: 1000 });
    }
    const constraint = this.#begin(grammar, param);
    const leave = (): void => constraint.close();
    call.signal.addEventListener('abort', leave, { once: true });
    try {
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
    for (const { constraint } of this.#open.values()) constraint.fail(closed());
    this.#open.clear();
    await this.#endThread();
  }

  #begin(grammar: WrittenGrammar, param: string): SharedConstraint {
    const id = this.#nextId;
    this.#nextId += 1;
    const mask = new SharedArrayBuffer(Math.ceil(this.#logitCount / 32) * 4);
    const accepted: Accepted[] = [];
    const constraint = new SharedConstraint(mask, {
      accept: (what) => {
        accepted.push(what);
        this.#send({ type: 'accept', id, what });
      },
      close: () => {
        if (this.#open.delete(id)) this.#send({ type: 'close', id });
      },
    });
    this.#open.set(id, { constraint, grammar, param, mask, accepted, isCompiled: false });
    this.#send({ type: 'open', id, grammar, mask, accepted: [] });
    return constraint;
  }

  get #logitCount(): number {
    return this.#options.logitCount ?? this.#options.vocabulary.length;
  }

  #send(message: ToGrammarThread): void {
    if (this.#isClosed) return;
    this.#worker ??= this.#startThread();
    this.#worker.postMessage(message);
    if (message.type === 'close') return;
    this.#unanswered.push(message.id);
    if (this.#unanswered.length === 1) this.#setDeadline();
  }

  #startThread(): Worker {
    const { vocabulary, stopIds, mostGrammars = 64 } = this.#options;
    const workerData: GrammarThreadData = { vocabulary, stopIds, mostGrammars, logitCount: this.#logitCount };
    const worker = new Worker(this.#options.threadFile ?? new URL('./grammar-thread.js', import.meta.url), { workerData });
    worker.unref();
    worker.on('message', (message: FromGrammarThread) => {
      if (worker === this.#worker) this.#hear(message);
    });
    const gone = (): void => {
      if (worker === this.#worker) this.#blame(this.#unanswered[0]);
    };
    worker.on('error', gone);
    worker.on('exit', gone);
    return worker;
  }

  #hear(message: FromGrammarThread): void {
    this.#unanswered.shift();
    this.#setDeadline();
    const heard = this.#open.get(message.id);
    if (message.type === 'broken') this.#blame(message.id);
    else if (message.type === 'refused') {
      heard?.constraint.fail(new InferenceError(message.code, message.message, { param: heard.param }));
    } else if (heard !== undefined) {
      heard.isCompiled = true;
      heard.constraint.arrived(message.isAccepted, message.isEnded);
    }
  }

  /** Of the message that the thread works on. */
  #setDeadline(): void {
    this.#deadline?.cancel();
    const head = this.#unanswered[0];
    this.#deadline = head === undefined ? undefined : this.#options.clock.after(this.#options.limitMs ?? 5000, () => this.#blame(head));
  }

  /** Its thread is of no more use, so it fails, and the others begin again on another one where they were. */
  #blame(id: number | undefined): void {
    const culprit = id === undefined ? undefined : this.#open.get(id);
    if (id !== undefined && culprit !== undefined) {
      this.#open.delete(id);
      this.#refuse(culprit.grammar.ebnf);
      const error = new InferenceError('internal_error', 'the grammar could not be followed any further');
      culprit.constraint.fail(culprit.isCompiled ? error : tooHard(culprit.param));
    }
    void this.#endThread();
    for (const [other, { constraint, grammar, mask, accepted }] of this.#open) {
      constraint.restarted();
      this.#send({ type: 'open', id: other, grammar, mask, accepted: [...accepted] });
    }
  }

  #refuse(ebnf: string): void {
    const [oldest] = this.#refused;
    if (this.#refused.size === mostRefused && oldest !== undefined) this.#refused.delete(oldest);
    this.#refused.add(ebnf);
  }

  async #endThread(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#unanswered = [];
    this.#setDeadline();
    await worker?.terminate();
  }
}

function closed(): InferenceError {
  return new InferenceError('replica_lost', 'the model was unloaded', { retryAfterMs: 1000 });
}

function tooHard(param: string): InferenceError {
  return new InferenceError('unsupported_value', 'expected a schema or grammar that takes less time', { param });
}
