// The engine behind chat and completion models: prompt in, text events out, stopped between any two steps.

import { join } from 'node:path';
import type { ModelCapabilities } from '../../src/contract/capabilities.ts';
import type { GenerationEvent, GenerationRequest } from '../../src/contract/generation.ts';
import type { Cancellable, ModelContext } from '../../src/contract/model.ts';
import { systemClock } from '../../src/core/clock.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { GrammarEngine } from '../grammar/grammar-engine.ts';
import { stockBinding } from '../onnx/stock-binding.ts';
import { type AnswerForm, AnswerForms, callPlaceOf } from './answer-form.ts';
import type { ChoiceSetting } from './choice-run.ts';
import { Decoder } from './decoder.ts';
import { type ModelFacts, readModelFacts } from './model-facts.ts';
import { type Prefilled, prefill, scoredPrefill } from './prefill.ts';
import { promptRun } from './prompt-run.ts';
import { type Prompt, type PromptRequest, Prompts } from './prompts.ts';
import { openTokenizer, type Tokenizer } from './tokenizer.ts';
import { endsInCall } from './tool-call-reader.ts';
import { Turn } from './turn.ts';

export interface TextGeneratorOptions {
  /** The graph's file in `data/`. Default `decoder.onnx`. */
  readonly graph?: string;
  /** Prompt tokens per run, at least 1. Bounds how long a cancelled prefill goes on. Default 128. */
  readonly prefillChunkTokens?: number;
  /**
   * Whether one answer may call several tools where its request lets it. Default true. A small model goes on calling until its
   * limit: it does not know when it has called enough.
   */
  readonly severalCalls?: boolean;
}

// About 150 ms of one run on two cores: longer chunks are hardly faster, and a run cannot be stopped inside.
const defaultPrefillChunkTokens = 128;
const mostAlternatives = 20;
const mostChoices = 8;

/**
 * Generates text with a decoder graph. One generation runs at a time, others wait their turn.
 * Owns: the session, the tokenizer and the thread of the grammars, freed by `close`.
 * @example this.#generator = await TextGenerator.open(this.#context);
 */
export class TextGenerator {
  readonly #decoder: Decoder;
  readonly #tokenizer: Tokenizer;
  readonly #prompts: Prompts;
  readonly #facts: ModelFacts;
  readonly #chunkTokens: number;
  readonly #turn = new Turn();
  readonly #forms: AnswerForms | undefined;
  readonly #grammars: GrammarEngine | undefined;

  private constructor(decoder: Decoder, tokenizer: Tokenizer, facts: ModelFacts, chunkTokens: number, severalCalls: boolean) {
    this.#decoder = decoder;
    this.#tokenizer = tokenizer;
    this.#prompts = new Prompts(tokenizer, facts);
    this.#facts = facts;
    this.#chunkTokens = chunkTokens;
    // Grammars know the bytes of tokens only where the vocabulary writes them.
    const tokens = tokenizer.byteLevelTokens();
    if (tokens === undefined) return;
    const grammars = GrammarEngine.open({
      vocabulary: tokens,
      stopIds: [...facts.stopIds],
      logitCount: decoder.logitCount,
      // A model's context has no clock to hand down: this is where the time of an engine comes from.
      clock: systemClock,
    });
    this.#grammars = grammars;
    // Special tokens are hidden, so a call may go on behind one as if it were not there.
    const shown: Pick<Tokenizer, 'piece'> = { piece: (id) => (tokens[id] === '' ? { text: '', bytes: [] } : tokenizer.piece(id)) };
    this.#forms = new AnswerForms((...asked) => grammars.constrain(...asked), shown, tokens, severalCalls);
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
    return new TextGenerator(decoder, tokenizer, facts, chunkTokens, options.severalCalls ?? true);
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
      ...(this.#forms === undefined ? {} : { tools: true, structuredOutputs: true, grammars: true }),
    };
  }

  /** Tokens of the prompt, all prompts together, with what they tell of tools. Throws: invalid_value, unsupported_value, context_length_exceeded. */
  countTokens(request: PromptRequest): number {
    return this.#prompts.count(request);
  }

  /**
   * Generates, one text after the other. `completionTokens` counts the tokens generated without the one that ends a text, and with
   * those of a stop string. Log probabilities are those of the raw logits at temperature 1: neither bias nor penalties nor masks
   * change them. A format or a required call holds every text; what is wrong with a schema is thrown before the first event.
   * Throws: context_length_exceeded, invalid_value, unsupported_value, unsupported_parameter; the cancellation's own error between
   * two runs.
   */
  async *generate(request: GenerationRequest, call: Cancellable): AsyncGenerator<GenerationEvent, void, undefined> {
    this.#refuseUnserved(request);
    refuseBegunCall(request);
    this.#checkBias(request);
    const prompts = this.#prompts.encode(request);
    const promptTokens = prompts.reduce((sum, { ids }) => sum + ids.length, 0);
    const choices = request.choices ?? 1;
    // A grammar that takes long to compile, or is refused, holds up no one else.
    const form = await this.#forms?.open(request, call);
    let giveBack: (() => void) | undefined;
    try {
      giveBack = await this.#turn.take(call);
      yield { type: 'usage', promptTokens, completionTokens: 0 };
      let completionTokens = 0;
      for (const [index, prompt] of prompts.entries())
        completionTokens += yield* this.#answer(request, prompt, form, { choices, firstChoice: index * choices }, call);
      yield { type: 'usage', promptTokens, completionTokens };
    } finally {
      // Also when the consumer stops reading: a generator that is returned runs its finally.
      giveBack?.();
      form?.close();
    }
  }

  /** Idempotent. Waits for a run in flight. */
  async close(): Promise<void> {
    await this.#grammars?.close();
    await this.#decoder.close();
  }

  async *#answer(
    request: GenerationRequest,
    prompt: Prompt,
    form: AnswerForm | undefined,
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
      callPlace: form?.callPlace ?? 'nowhere',
      limit,
      rated: bestOf > numbers.choices,
    };
    const constrain = async () => form?.next();
    return yield* promptRun({ setting, prefilled, bestOf, ...numbers, constrain }, call);
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
      throw new InferenceError('invalid_value', `expected token ids from 0 to ${vocabSize - 1}, got ${id}`, { param: `logit_bias.${id}` });
    }
  }

  #refuseUnserved(request: GenerationRequest): void {
    const { tools = [], format, formatParam = 'format', toolsParam = 'tools', input, echo } = request;
    const isChat = input.kind === 'chat';
    if (tools.length > 0 && (!isChat || this.#forms === undefined)) throw unserved(toolsParam);
    if (format !== undefined && this.#forms === undefined) throw unserved(formatParam);
    if (echo === true && isChat) throw unserved('echo');
  }
}

/** What comes behind it would be neither held to its tool nor told as a call. */
function refuseBegunCall({ input, inputParam, ...asked }: GenerationRequest): void {
  const last = input.kind === 'chat' && input.continueFinal ? input.messages.at(-1) : undefined;
  // A beginning under a format is one of that format.
  const isOfFormat = asked.format !== undefined && asked.toolChoice?.mode !== 'required';
  if (last === undefined || isOfFormat || callPlaceOf(asked) === 'nowhere' || !endsInCall(last.content)) return;
  const message = 'expected a beginning of the answer that does not end inside the markup of a call';
  throw new InferenceError('invalid_value', message, { param: inputParam });
}

function unserved(param: string): InferenceError {
  return new InferenceError('unsupported_parameter', `the model cannot honour ${param} here`, { param });
}
