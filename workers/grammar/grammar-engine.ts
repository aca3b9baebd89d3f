// Opens constraints on the grammar threads of one generator: two threads of the same file, so that neither the decode loop nor a running
// text waits for a grammar that may take long.
//
//     format ──► scout: writes and compiles it, in time or not ──► mask thread: compiles it again, then answers each token with a mask
//                  │ wrong: refused by its path                      │
//                  │ hung, broke: refused for good, and the          │ hung, broke: that text fails, its format is refused from then
//                  │ thread is replaced; those behind it go on       │ on, and the other texts go on where they were on a new thread
//
// So a running text is held up by a compile that is known to be short, or by none: what is compiled already opens at once. What the scout
// found good is remembered and goes to the mask thread at once. Of both threads AnsweringThread says how they start, answer and end.

import type { Cancellable } from '../../src/contract/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { AnsweringThread, type Loss } from './answering-thread.ts';
import type { GrammarConstraint } from './constraint.ts';
import type { Accepted, AskedFormat, GrammarAnswer, GrammarThreadData } from './grammar-messages.ts';
import { faultError, GrammarScout, notStarted, type ScoutedGrammar } from './grammar-scout.ts';
import { SharedConstraint } from './shared-constraint.ts';

export interface GrammarEngineOptions {
  /** Texts of the tokens as in tokenizer.json, by id; byte-level BPE. Empty: never allowed, as special tokens are. */
  readonly vocabulary: readonly string[];
  readonly stopIds: readonly number[];
  /** Width of the logits, where it is more than the vocabulary. */
  readonly logitCount?: number;
  readonly clock: Clock;
  /** For writing and compiling one grammar. Units: milliseconds. Default 2,000. */
  readonly compileLimitMs?: number;
  /** For one mask, and for opening what the scout found good. Units: milliseconds. Default 5,000. */
  readonly maskLimitMs?: number;
  /** The scout ends when no new grammar was asked for so long. Units: milliseconds. Default 60,000. */
  readonly scoutIdleMs?: number;
  /** Most compiled grammars kept, at least 1. Default 64. */
  readonly mostGrammars?: number;
  /** Most constraints open or waiting. Default 256. */
  readonly mostConstraints?: number;
  /** File of the threads; tests run it from the build. */
  readonly threadFile?: URL;
}

interface OpenConstraint {
  readonly id: number;
  readonly constraint: SharedConstraint;
  readonly scouted: ScoutedGrammar;
  readonly param: string;
  readonly mask: SharedArrayBuffer;
  /** What another thread needs to go on. */
  readonly accepted: Accepted[];
  isCompiled: boolean;
}

// On a machine with four times as much to do as it has cores, a schema of all string formats takes 600 ms, and the slowest of twenty others
// 350 ms. Not more than three times that, because a running text may have to wait for one such compile.
const defaultCompileLimitMs = 2000;

/** Owns: its threads, ended by `close`, and with the thread that opened it. */
export class GrammarEngine {
  readonly #mostConstraints: number;
  readonly #maskBytes: number;
  readonly #scout: GrammarScout;
  readonly #masks: AnsweringThread<OpenConstraint>;
  readonly #open = new Map<number, OpenConstraint>();
  #isClosed = false;
  #nextId = 0;

  static open(options: GrammarEngineOptions): GrammarEngine {
    return new GrammarEngine(options);
  }

  private constructor(options: GrammarEngineOptions) {
    const { vocabulary, stopIds, clock, mostGrammars = 64 } = options;
    // A graph may also have fewer logits than the vocabulary has tokens.
    const logitCount = Math.max(options.logitCount ?? 0, vocabulary.length);
    const data: GrammarThreadData = { vocabulary, stopIds, logitCount, mostGrammars };
    const thread = { file: options.threadFile ?? ownThreadFile(), data, clock };
    this.#mostConstraints = options.mostConstraints ?? 256;
    this.#maskBytes = Math.ceil(logitCount / 32) * 4;
    this.#scout = new GrammarScout({
      ...thread,
      limitMs: options.compileLimitMs ?? defaultCompileLimitMs,
      idleMs: options.scoutIdleMs ?? 60_000,
    });
    this.#masks = new AnsweringThread(
      { ...thread, limitMs: options.maskLimitMs ?? 5000 },
      { answered: (answer, opened) => this.#heard(answer, opened), lost: (loss) => this.#lost(loss) },
    );
  }

  /**
   * Throws: InferenceError `invalid_value` or `unsupported_value` with the path of the wrong part below `param`, `rate_limit_exceeded` when
   * too many are open, `replica_lost` when the engine is closed, `internal_error` when there are no threads, or why the call was cancelled.
   */
  async constrain(format: AskedFormat, param: string, call: Cancellable): Promise<GrammarConstraint> {
    call.throwIfCancelled();
    this.#throwIfClosed();
    if (this.#open.size + this.#scout.waiting >= this.#mostConstraints) {
      throw new InferenceError('rate_limit_exceeded', 'too many constrained texts are open', { retryAfterMs: 1000 });
    }
    // Loads beside the scout, not after it.
    this.#masks.start();
    return this.#opened(await this.#scout.check(format, param, call), param, call);
  }

  /** Idempotent. Open constraints fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#failAll(closed());
    await Promise.all([this.#scout.close(closed()), this.#masks.end()]);
  }

  async #opened(scouted: ScoutedGrammar, param: string, call: Cancellable): Promise<GrammarConstraint> {
    call.throwIfCancelled();
    this.#throwIfClosed();
    const constraint = this.#begin(scouted, param);
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

  #begin(scouted: ScoutedGrammar, param: string): SharedConstraint {
    const id = this.#nextId;
    this.#nextId += 1;
    const mask = new SharedArrayBuffer(this.#maskBytes);
    const accepted: Accepted[] = [];
    const constraint = new SharedConstraint(mask, {
      accept: (what) => {
        accepted.push(what);
        this.#masks.send({ type: 'accept', id, what }, opened);
      },
      close: () => {
        if (this.#open.delete(id)) this.#masks.tell({ type: 'close', id });
      },
      again: (call) => this.#opened(scouted, param, call),
    });
    const opened: OpenConstraint = { id, constraint, scouted, param, mask, accepted, isCompiled: false };
    this.#open.set(id, opened);
    this.#sendOpen(opened);
    return constraint;
  }

  #sendOpen(opened: OpenConstraint): void {
    const { id, scouted, mask, accepted } = opened;
    this.#masks.send({ type: 'open', id, grammar: scouted.grammar, mask, accepted: [...accepted] }, opened);
  }

  #heard(answer: GrammarAnswer, opened: OpenConstraint): void {
    if (answer.type !== 'ready') {
      opened.constraint.fail(new InferenceError('internal_error', `expected a mask, got an answer of the type ${answer.type}`));
      return;
    }
    opened.isCompiled = true;
    opened.constraint.arrived(answer.isAccepted, answer.isEnded);
  }

  /** What it worked on fails, also where its client has left, and the others begin again on another thread where they were. */
  #lost({ how, job: culprit, cause }: Loss<OpenConstraint>): void {
    if (how === 'start') {
      this.#failAll(notStarted(cause));
      return;
    }
    if (culprit !== undefined) {
      this.#scout.refuse(culprit.scouted.key, how);
      this.#open.delete(culprit.id);
      const error = new InferenceError('internal_error', 'the grammar could not be followed any further', { cause });
      culprit.constraint.fail(culprit.isCompiled ? error : faultError(how, culprit.param));
    }
    for (const opened of this.#open.values()) {
      opened.constraint.restarted();
      this.#sendOpen(opened);
    }
  }

  #failAll(error: InferenceError): void {
    for (const { constraint } of this.#open.values()) constraint.fail(error);
    this.#open.clear();
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw closed();
  }
}

/** Beside this file, in the build as in the source. */
function ownThreadFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './grammar-thread.ts' : './grammar-thread.js', import.meta.url);
}

function closed(): InferenceError {
  return new InferenceError('replica_lost', 'the model was unloaded', { retryAfterMs: 1000 });
}
