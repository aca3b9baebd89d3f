// The decode loop of one text: step, choose, show, until an end token, a stop string or the limit.

import type { GenerationEvent, GenerationRequest, TokenLogprob } from '../../src/contract/generation.ts';
import type { Cancellable } from '../../src/contract/model.ts';
import type { Constraint } from './constraint.ts';
import type { Decoder } from './decoder.ts';
import { Detokenizer } from './detokenizer.ts';
import { LogProbabilities, tokenLogprob } from './log-probabilities.ts';
import type { Prefilled } from './prefill.ts';
import { Sampler } from './sampler.ts';
import { StopStrings } from './stop-strings.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What the texts of one prompt share. */
export interface ChoiceSetting {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  /** Tokens that end a text. */
  readonly endIds: ReadonlySet<number>;
  readonly request: Omit<GenerationRequest, 'input' | 'inputParam'>;
  readonly prompt: readonly number[];
  /** What the text begins with, and how likely it was. */
  readonly echo: { readonly text: string; readonly logprobs: readonly TokenLogprob[] | undefined };
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
   * Owns: `from`, which it extends and changes. Throws: the cancellation's own error between two steps.
   * `text` and one `finish`.
   */
  async *events(from: Prefilled, call: Cancellable): AsyncGenerator<GenerationEvent, void, undefined> {
    try {
      yield* this.#decode(from, call);
    } finally {
      this.#constraint?.close();
    }
  }

  async *#decode({ sequence, logits: first }: Prefilled, call: Cancellable): AsyncGenerator<GenerationEvent, void, undefined> {
    const { decoder, tokenizer, endIds, request, prompt, echo, limit } = this.#setting;
    if (echo.text !== '' || (echo.logprobs?.length ?? 0) > 0) yield textEvent(echo.text, echo.logprobs);
    const detokenizer = new Detokenizer(tokenizer, prompt);
    const stops = new StopStrings(request.stop ?? []);
    const endsAtAll = request.ignoreEos !== true || this.#constraint !== undefined;
    let logprobs: TokenLogprob[] | undefined = request.logprobs === undefined ? undefined : [];
    let characters = echo.text.length;
    let logits = first;
    let finish: GenerationEvent = { type: 'finish', reason: 'length' };
    while (this.#completionTokens < limit) {
      call.throwIfCancelled();
      // The sampler changes the logits, and what it chooses is rated by the model's own.
      const own = logprobs !== undefined || this.#setting.rated ? logits.slice() : undefined;
      const token = await this.#choose(logits);
      if (token === undefined || (endsAtAll && endIds.has(token))) {
        finish = { type: 'finish', reason: 'stop' };
        break;
      }
      this.#completionTokens += 1;
      this.#constraint?.accept(token);
      if (own !== undefined) {
        const place = new LogProbabilities(own);
        this.#logprobSum += place.of(token);
        logprobs?.push(tokenLogprob(tokenizer, token, characters, place, request.logprobs ?? 0));
      }
      const fresh = detokenizer.push(token);
      characters += fresh.length;
      // What comes before the least length may hold a stop string: it could not end the text there.
      const { text, matched } = this.#completionTokens <= (request.minTokens ?? 0) ? { text: fresh } : stops.push(fresh);
      if (text !== '') {
        yield textEvent(text, logprobs);
        if (logprobs !== undefined) logprobs = [];
      }
      if (matched !== undefined) {
        finish = { type: 'finish', reason: 'stop', stopSequence: matched };
        break;
      }
      if (this.#completionTokens === limit) break;
      call.throwIfCancelled();
      logits = await decoder.append(sequence, [token]);
    }
    // Empty after a match: what a stop string held back is the stop string.
    const rest = stops.flush();
    if (rest !== '' || (logprobs?.length ?? 0) > 0) yield textEvent(rest, logprobs);
    yield finish;
  }

  /** Undefined where the constraint left nothing to choose. */
  async #choose(logits: Float32Array): Promise<number | undefined> {
    const { request, endIds } = this.#setting;
    this.#sampler.adjust(logits);
    if (this.#completionTokens < (request.minTokens ?? 0)) for (const id of endIds) logits[id] = Number.NEGATIVE_INFINITY;
    if (this.#constraint === undefined) return this.#sampler.choose(logits);
    await this.#constraint.apply(logits);
    const token = this.#sampler.choose(logits);
    return logits[token] === Number.NEGATIVE_INFINITY ? undefined : token;
  }
}

function textEvent(text: string, logprobs: readonly TokenLogprob[] | undefined): GenerationEvent {
  return logprobs === undefined ? { type: 'text', text } : { type: 'text', text, logprobs };
}
