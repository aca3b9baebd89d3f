// The decode loop of one text: step, choose, show, until an end token, a stop string or the limit.

import type { GenerationEvent, GenerationRequest, TokenLogprob } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import { InferenceError } from '../../src/core/errors.ts';
import type { Constraint } from '../grammar/constraint.ts';
import { ChoiceText } from './choice-text.ts';
import type { Decoder } from './decoder.ts';
import { Detokenizer } from './detokenizer.ts';
import { LogProbabilities, tokenLogprob } from './log-probabilities.ts';
import type { Prefilled } from './prefill.ts';
import { Sampler } from './sampler.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { CallPlace } from './tool-call-reader.ts';

/** What the texts of one prompt share. */
export interface ChoiceSetting {
  readonly decoder: Pick<Decoder, 'append'>;
  readonly tokenizer: Pick<Tokenizer, 'decode' | 'piece'>;
  /** Tokens that end a text. */
  readonly endIds: ReadonlySet<number>;
  readonly request: Omit<GenerationRequest, 'input' | 'inputParam'>;
  readonly prompt: readonly number[];
  /** What the text begins with, and how likely it was. */
  readonly echo: { readonly text: string; readonly logprobs: readonly TokenLogprob[] | undefined };
  readonly callPlace: CallPlace;
  /** Most tokens to generate. */
  readonly limit: number;
  /** Whether {@link ChoiceRun.meanLogprob} will be asked for; it costs a pass over the vocabulary a token. */
  readonly rated: boolean;
}

export interface ChoiceOptions {
  readonly seed: number | undefined;
  /** Owned by the run. */
  readonly constraint?: Constraint;
}

/** One text. Its events carry no `choice`: that is known when it is kept. */
export class ChoiceRun {
  readonly #setting: ChoiceSetting;
  readonly #sampler: Sampler;
  readonly #constraint: Constraint | undefined;
  #completionTokens = 0;
  #logprobSum = 0;

  constructor(setting: ChoiceSetting, options: ChoiceOptions) {
    this.#setting = setting;
    const { seed: _, ...sampling } = setting.request;
    this.#sampler = new Sampler(options.seed === undefined ? sampling : { ...sampling, seed: options.seed }, setting.prompt);
    this.#constraint = options.constraint;
  }

  get completionTokens(): number {
    return this.#completionTokens;
  }

  /** Of the tokens that are counted. A text of none is the least likely: nothing speaks for it. */
  get meanLogprob(): number {
    return this.#completionTokens === 0 ? Number.NEGATIVE_INFINITY : this.#logprobSum / this.#completionTokens;
  }

  /**
   * Owns: `from`, which it extends and changes. Throws: the cancellation's own error between two steps,
   * internal_error where the constraint allows neither a token nor the end.
   * `text`, `toolCall` and one `finish`.
   */
  async *events(from: Prefilled, call: Cancellable): AsyncGenerator<GenerationEvent, void, undefined> {
    const leave = (): void => this.#constraint?.close();
    // A mask may be long in coming.
    call.signal.addEventListener('abort', leave, { once: true });
    try {
      yield* this.#decode(from, call);
    } finally {
      call.signal.removeEventListener('abort', leave);
      leave();
    }
  }

  async *#decode({ sequence, logits: first }: Prefilled, call: Cancellable): AsyncGenerator<GenerationEvent, void, undefined> {
    const { decoder, tokenizer, endIds, request, prompt, echo, limit } = this.#setting;
    if (echo.text !== '' || (echo.logprobs?.length ?? 0) > 0) yield echoEvent(echo);
    const detokenizer = new Detokenizer(tokenizer, prompt);
    const isRated = request.logprobs !== undefined;
    const shown = new ChoiceText({ stop: request.stop ?? [], callPlace: this.#setting.callPlace, isRated, from: echo.text.length });
    let characters = echo.text.length;
    let logits = first;
    let isCut = true;
    let stopSequence: string | undefined;
    while (this.#completionTokens < limit) {
      call.throwIfCancelled();
      // The sampler changes the logits, and what it chooses is rated by the model's own.
      const own = isRated || this.#setting.rated ? logits.slice() : undefined;
      const token = await this.#choose(logits, call);
      if (token === undefined || (this.#endsAtAll && endIds.has(token))) {
        isCut = false;
        break;
      }
      this.#completionTokens += 1;
      this.#constraint?.accept(token);
      let entry: TokenLogprob | undefined;
      if (own !== undefined) {
        const place = new LogProbabilities(own);
        this.#logprobSum += place.of(token);
        if (isRated) entry = tokenLogprob(tokenizer, token, characters, place, request.logprobs ?? 0);
      }
      const fresh = detokenizer.push(token);
      characters += fresh.length;
      const { events, matched } = shown.push(fresh, entry, this.#completionTokens > (request.minTokens ?? 0));
      yield* events;
      stopSequence = matched;
      if (stopSequence !== undefined || this.#completionTokens === limit) break;
      call.throwIfCancelled();
      logits = await decoder.append(sequence, [token]);
    }
    const { events, matched } = shown.end(isCut && stopSequence === undefined);
    yield* events;
    stopSequence ??= matched;
    if (stopSequence !== undefined) yield { type: 'finish', reason: 'stop', stopSequence };
    else if (isCut) yield { type: 'finish', reason: 'length' };
    else yield { type: 'finish', reason: shown.hasCalls ? 'toolCalls' : 'stop' };
  }

  /** A form ends where it ends, whatever the request says of end tokens. */
  get #endsAtAll(): boolean {
    return this.#setting.request.ignoreEos !== true || (this.#constraint !== undefined && this.#constraint.isIdle !== true);
  }

  /** Undefined where the form is complete, and only the least length keeps the end out. Throws: internal_error where nothing may follow. */
  async #choose(logits: Float32Array, call: Cancellable): Promise<number | undefined> {
    const { request, endIds } = this.#setting;
    this.#sampler.adjust(logits);
    if (this.#constraint !== undefined) await this.#forbid(this.#constraint, logits, call);
    // Asked before the least length forbids the end: a form that allows nothing at all has not ended, it is lost.
    const mayEnd = this.#constraint !== undefined && [...endIds].some((id) => logits[id] !== Number.NEGATIVE_INFINITY);
    if (this.#completionTokens < (request.minTokens ?? 0)) for (const id of endIds) logits[id] = Number.NEGATIVE_INFINITY;
    const token = this.#sampler.choose(logits);
    if (this.#constraint === undefined || logits[token] !== Number.NEGATIVE_INFINITY) return token;
    if (mayEnd) return undefined;
    throw new InferenceError('internal_error', 'expected the form of the answer to allow a token, or its end');
  }

  async #forbid(constraint: Constraint, logits: Float32Array, call: Cancellable): Promise<void> {
    try {
      await constraint.apply(logits);
    } catch (error) {
      // Closed by the cancellation, which is what the caller has to hear.
      call.throwIfCancelled();
      throw error;
    }
  }
}

function echoEvent({ text, logprobs }: ChoiceSetting['echo']): GenerationEvent {
  return logprobs === undefined ? { type: 'text', text } : { type: 'text', text, logprobs };
}
