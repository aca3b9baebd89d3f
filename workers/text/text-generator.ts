// The engine behind chat and completion models: prompt in, text events out, stopped between any two steps.

import { join } from 'node:path';
import type { ModelCapabilities } from '../../src/contract/capabilities.ts';
import type { GenerationEvent, GenerationInput, GenerationRequest } from '../../src/contract/generation.ts';
import type { Cancellable, ModelContext } from '../../src/contract/model.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { stockBinding } from '../onnx/stock-binding.ts';
import type { ChoiceSetting } from './choice-run.ts';
import { Decoder } from './decoder.ts';
import { type ModelFacts, readModelFacts } from './model-facts.ts';
import { type Prefilled, prefill, scoredPrefill } from './prefill.ts';
import { promptRun } from './prompt-run.ts';
import { type Prompt, Prompts } from './prompts.ts';
import { openTokenizer, type Tokenizer } from './tokenizer.ts';
import { Turn } from './turn.ts';

export interface TextGeneratorOptions {
  /** The graph's file in `data/`. Default `decoder.onnx`. */
  readonly graph?: string;
  /** Prompt tokens per run, at least 1. Bounds how long a cancelled prefill goes on. Default 128. */
  readonly prefillChunkTokens?: number;
}

// About 150 ms of one run on two cores: longer chunks are hardly faster, and a run cannot be stopped inside.
const defaultPrefillChunkTokens = 128;
const mostAlternatives = 20;
const mostChoices = 8;

/**
 * Generates text with a decoder graph. One generation runs at a time, others wait their turn.
 * Owns: the session and the tokenizer, freed by `close`.
 * @example this.#generator = await TextGenerator.open(this.#context);
 */
export class TextGenerator {
  readonly #decoder: Decoder;
  readonly #tokenizer: Tokenizer;
  readonly #prompts: Prompts;
  readonly #facts: ModelFacts;
  readonly #chunkTokens: number;
  readonly #turn = new Turn();

  private constructor(decoder: Decoder, tokenizer: Tokenizer, facts: ModelFacts, chunkTokens: number) {
    this.#decoder = decoder;
    this.#tokenizer = tokenizer;
    this.#prompts = new Prompts(tokenizer, facts);
    this.#facts = facts;
    this.#chunkTokens = chunkTokens;
  }

  /** Opens the model in `context.dataDir` with `context.threads` threads. Throws: Error naming the file that cannot be used. */
  static async open(
    context: Pick<ModelContext, 'dataDir' | 'threads' | 'native'>,
    options: TextGeneratorOptions = {},
  ): Promise<TextGenerator> {
    const chunkTokens = options.prefillChunkTokens ?? defaultPrefillChunkTokens;
    if (!Number.isInteger(chunkTokens) || chunkTokens < 1)
      throw new RangeError(`expected prefillChunkTokens of at least 1, got ${chunkTokens}`);
    const facts = await readModelFacts(context.dataDir);
    const tokenizer = await openTokenizer(context.dataDir);
    const decoder = await Decoder.open(stockBinding(context.native), join(context.dataDir, options.graph ?? 'decoder.onnx'), {
      intraOpThreads: context.threads,
      contextTokens: facts.contextTokens,
    });
    return new TextGenerator(decoder, tokenizer, facts, chunkTokens);
  }

  get capabilities(): ModelCapabilities {
    const { contextTokens } = this.#decoder;
    return {
      contextTokens,
      maxOutputTokens: contextTokens - 1,
      topLogprobs: mostAlternatives,
      logitBias: true,
      penalties: true,
      candidateLimits: true,
      endControl: true,
      maxChoices: mostChoices,
      severalPrompts: true,
      echo: true,
      truncation: true,
    };
  }

  /** Tokens the input makes, all its prompts together. Throws: invalid_value, unsupported_value, context_length_exceeded. */
  countTokens(input: GenerationInput): number {
    return this.#prompts.count(input, 'input');
  }

  /**
   * Generates, one text after the other. `completionTokens` counts the tokens generated without the one that ends a text, and with
   * those of a stop string. Log probabilities are those of the raw logits at temperature 1: neither bias nor penalties nor masks
   * change them.
   * Throws: context_length_exceeded, invalid_value, unsupported_value, unsupported_parameter; the cancellation's own error between
   * two runs.
   */
  async *generate(request: GenerationRequest, call: Cancellable): AsyncGenerator<GenerationEvent, void, undefined> {
    refuseUnserved(request);
    this.#checkBias(request);
    const prompts = this.#prompts.encode(request);
    const promptTokens = prompts.reduce((sum, { ids }) => sum + ids.length, 0);
    const choices = request.choices ?? 1;
    const giveBack = await this.#turn.take(call);
    try {
      yield { type: 'usage', promptTokens, completionTokens: 0 };
      let completionTokens = 0;
      for (const [index, prompt] of prompts.entries())
        completionTokens += yield* this.#answer(request, prompt, { choices, firstChoice: index * choices }, call);
      yield { type: 'usage', promptTokens, completionTokens };
    } finally {
      // Also when the consumer stops reading: a generator that is returned runs its finally.
      giveBack();
    }
  }

  /** Idempotent. Waits for a run in flight. */
  close(): Promise<void> {
    return this.#decoder.close();
  }

  async *#answer(
    request: GenerationRequest,
    prompt: Prompt,
    numbers: { readonly choices: number; readonly firstChoice: number },
    call: Cancellable,
  ): AsyncGenerator<GenerationEvent, number, undefined> {
    const limit = Math.min(request.maxTokens ?? Number.POSITIVE_INFINITY, this.#decoder.contextTokens - prompt.ids.length);
    const bestOf = Math.max(request.bestOf ?? 1, numbers.choices);
    const { prefilled, echo } = await this.#read(request, prompt, limit, call);
    const setting: ChoiceSetting = {
      decoder: this.#decoder,
      tokenizer: this.#tokenizer,
      endIds: this.#facts.stopIds,
      request,
      prompt: prompt.ids,
      echo,
      limit,
      rated: bestOf > numbers.choices,
    };
    return yield* promptRun({ setting, prefilled, bestOf, ...numbers }, call);
  }

  async #read(
    request: GenerationRequest,
    prompt: Prompt,
    limit: number,
    call: Cancellable,
  ): Promise<{ readonly prefilled: Prefilled; readonly echo: ChoiceSetting['echo'] }> {
    const text = request.echo === true ? prompt.text : '';
    if (request.echo === true && request.logprobs !== undefined) {
      const options = { top: request.logprobs, chunkTokens: this.#chunkTokens };
      const { logprobs, ...prefilled } = await scoredPrefill(this.#decoder, this.#tokenizer, prompt, options, call);
      return { prefilled, echo: { text, logprobs } };
    }
    // Nothing will be chosen, so nothing has to be read.
    const ids = limit === 0 ? [] : prompt.ids;
    return { prefilled: await prefill(this.#decoder, ids, this.#chunkTokens, call), echo: { text, logprobs: undefined } };
  }

  #checkBias(request: GenerationRequest): void {
    const { vocabSize } = this.#tokenizer;
    for (const id of request.logitBias?.keys() ?? []) {
      if (Number.isInteger(id) && id >= 0 && id < vocabSize) continue;
      throw new InferenceError('invalid_value', `expected token ids from 0 to ${vocabSize - 1}, got ${id}`, { param: 'logit_bias' });
    }
  }
}

function refuseUnserved(request: GenerationRequest): void {
  const refuse = (param: string): never => {
    throw new InferenceError('unsupported_parameter', `the model cannot honour ${param} here`, { param });
  };
  if ((request.tools?.length ?? 0) > 0) refuse('tools');
  if (request.format !== undefined) refuse(request.formatParam ?? 'format');
  if (request.echo === true && request.input.kind === 'chat') refuse('echo');
}
