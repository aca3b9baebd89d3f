// Finds out, on a thread of its own, whether a format can be written and compiled in time, so that running texts never wait for one that
// cannot.

import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import type { Cancellable } from '../../src/contract/model.ts';
import type { Timer } from '../../src/core/clock.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { AnsweringThread, type AnsweringThreadOptions, type Loss } from './answering-thread.ts';
import type { AskedFormat, GrammarAnswer, WrittenGrammar } from './grammar-messages.ts';
import { RecentMap } from './recent-map.ts';

export interface GrammarScoutOptions extends AnsweringThreadOptions {
  /** The thread ends when nothing was asked for so long. Units: milliseconds. */
  readonly idleMs: number;
}

export interface ScoutedGrammar {
  /** Of the format's whole text. */
  readonly key: string;
  readonly grammar: WrittenGrammar;
}

/** What a format did to a thread. */
export type Fault = 'hung' | 'broke';

/** Who waits for a format. One that waits for nothing any more is in no queue. */
interface Trial {
  readonly key: string;
  readonly format: AskedFormat;
  readonly param: string;
  resolve(grammar: WrittenGrammar): void;
  reject(error?: unknown): void;
}

/** Formats that hung or broke a thread, so that they do so once. */
const mostRefused = 64;

/** Far more than the context of a model holds. Units: bytes as V8 writes them. */
const largestFormat = 2 * 1024 * 1024;

/** Owns: its thread, ended by `close`. */
export class GrammarScout {
  readonly #options: GrammarScoutOptions;
  readonly #thread: AnsweringThread<Trial>;
  readonly #good: RecentMap<WrittenGrammar>;
  readonly #refused = new RecentMap<Fault>(mostRefused);
  /** In their order. */
  readonly #waiting = new Set<Trial>();
  /** The thread has one at a time, so that those behind can leave. */
  #underWay: Trial | undefined;
  #idle: Timer | undefined;

  constructor(options: GrammarScoutOptions) {
    this.#options = options;
    this.#good = new RecentMap(options.data.mostGrammars);
    this.#thread = new AnsweringThread(options, {
      answered: (answer, trial) => this.#heard(answer, trial),
      lost: (loss) => this.#lost(loss),
    });
  }

  /** Callers of `check` that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Throws: InferenceError by `param` where the format cannot be used, or why the call was cancelled. */
  async check(format: AskedFormat, param: string, call: Cancellable): Promise<ScoutedGrammar> {
    const key = keyOf(format, param);
    const grammar = this.#known(key, param) ?? (await this.#tried(key, format, param, call));
    return { key, grammar };
  }

  /** The mask thread had the same trouble with it. */
  refuse(key: string, fault: Fault): void {
    this.#good.delete(key);
    this.#refused.set(key, fault);
  }

  /** Idempotent. Those that wait are told `why`. */
  async close(why: InferenceError): Promise<void> {
    this.#failAll(why);
    this.#idle?.cancel();
    await this.#thread.end();
  }

  #known(key: string, param: string): WrittenGrammar | undefined {
    const fault = this.#refused.get(key);
    if (fault !== undefined) throw faultError(fault, param);
    return this.#good.get(key);
  }

  async #tried(key: string, format: AskedFormat, param: string, call: Cancellable): Promise<WrittenGrammar> {
    let leave = (): void => {};
    try {
      return await new Promise<WrittenGrammar>((resolve, reject) => {
        const trial: Trial = { key, format, param, resolve, reject };
        // One under way goes on, and what comes of it is remembered.
        leave = () => {
          this.#waiting.delete(trial);
          reject();
        };
        call.signal.addEventListener('abort', leave, { once: true });
        this.#waiting.add(trial);
        this.#next();
      });
    } catch (error) {
      call.throwIfCancelled();
      throw error;
    } finally {
      call.signal.removeEventListener('abort', leave);
    }
  }

  #next(): void {
    if (this.#underWay !== undefined) return;
    this.#idle?.cancel();
    for (const trial of this.#waiting) {
      if (this.#isSettled(trial)) continue;
      this.#thread.send({ type: 'try', format: trial.format }, trial);
      this.#underWay = trial;
      return;
    }
    this.#idle = this.#options.clock.after(this.#options.idleMs, () => void this.#thread.end());
  }

  /** Another caller may have asked for the same in the meantime. */
  #isSettled(trial: Trial): boolean {
    try {
      const grammar = this.#known(trial.key, trial.param);
      if (grammar === undefined) return false;
      trial.resolve(grammar);
    } catch (error) {
      trial.reject(error);
    }
    this.#waiting.delete(trial);
    return true;
  }

  #heard(answer: GrammarAnswer, trial: Trial): void {
    this.#underWay = undefined;
    this.#waiting.delete(trial);
    if (answer.type === 'written') {
      this.#good.set(trial.key, answer.grammar);
      trial.resolve(answer.grammar);
    } else if (answer.type === 'refused') {
      const { code, message, path } = answer.problem;
      trial.reject(new InferenceError(code, message, { param: `${trial.param}${path}` }));
    }
    this.#next();
  }

  #lost({ how, job: trial, cause }: Loss<Trial>): void {
    this.#underWay = undefined;
    if (how === 'start') this.#failAll(notStarted(cause));
    else if (trial !== undefined) {
      this.refuse(trial.key, how);
      this.#waiting.delete(trial);
      trial.reject(faultError(how, trial.param));
    }
    this.#next();
  }

  #failAll(error: InferenceError): void {
    for (const trial of this.#waiting) trial.reject(error);
    this.#waiting.clear();
  }
}

/** Not the client's fault. */
export function notStarted(cause: unknown): InferenceError {
  return new InferenceError('internal_error', 'the thread of the grammars could not start', { cause });
}

export function faultError(fault: Fault, param: string): InferenceError {
  const wanted = fault === 'hung' ? 'that takes less time' : 'of another form: this one cannot be compiled';
  return new InferenceError('unsupported_value', `expected a schema or grammar ${wanted}`, { param });
}

/** Tells apart what JSON does not, such as a number too large from null. */
function keyOf(format: AskedFormat, param: string): string {
  const text = serialize(format);
  if (text.byteLength > largestFormat) throw new InferenceError('unsupported_value', 'expected a smaller schema or grammar', { param });
  return createHash('sha256').update(text).digest('base64');
}
