// The engine behind chat and completion models: prompt in, text events out, stopped between any two steps.

import { join } from 'node:path';
import type { GenerationEvent, GenerationInput, GenerationRequest } from '../../src/contract/generation.ts';
import type { Cancellable, ModelContext } from '../../src/contract/model.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { stockBinding } from '../onnx/stock-binding.ts';
import { ChatTemplate } from './chat-template.ts';
import { Decoder } from './decoder.ts';
import { Detokenizer } from './detokenizer.ts';
import { type ModelFacts, readModelFacts } from './model-facts.ts';
import { Sampler } from './sampler.ts';
import { StopStrings } from './stop-strings.ts';
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

/**
 * Generates text with a decoder graph. One generation runs at a time, others wait their turn.
 * Owns: the session and the tokenizer, freed by `close`.
 * @example this.#generator = await TextGenerator.open(this.#context);
 */
export class TextGenerator {
  readonly #decoder: Decoder;
  readonly #tokenizer: Tokenizer;
  readonly #template: ChatTemplate | undefined;
  readonly #facts: ModelFacts;
  readonly #chunkTokens: number;
  readonly #turn = new Turn();

  private constructor(decoder: Decoder, tokenizer: Tokenizer, facts: ModelFacts, chunkTokens: number) {
    this.#decoder = decoder;
    this.#tokenizer = tokenizer;
    this.#template = ChatTemplate.of(tokenizer);
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

  /** Tokens the input makes as a prompt. Throws: invalid_value, unsupported_value. */
  countTokens(input: GenerationInput): number {
    return this.#promptIds(input, 'input').length;
  }

  /**
   * Generates. `completionTokens` counts the tokens generated without the one that ends the text, and with those of a stop string.
   * Throws: context_length_exceeded, invalid_value, unsupported_value; the cancellation's own error between two runs.
   */
  async *generate(request: GenerationRequest, call: Cancellable): AsyncGenerator<GenerationEvent, void, undefined> {
    const prompt = this.#promptIds(request.input, request.inputParam);
    const { contextTokens } = this.#decoder;
    if (prompt.length >= contextTokens) {
      const message = `the prompt has ${prompt.length} tokens, the model takes at most ${contextTokens - 1} and one to answer`;
      throw new InferenceError('context_length_exceeded', message, { param: request.inputParam });
    }
    const giveBack = await this.#turn.take(call);
    try {
      yield { type: 'usage', promptTokens: prompt.length, completionTokens: 0 };
      yield* this.#decode(request, prompt, call);
    } finally {
      // Also when the consumer stops reading: a generator that is returned runs its finally.
      giveBack();
    }
  }

  /** Idempotent. Waits for a run in flight. */
  close(): Promise<void> {
    return this.#decoder.close();
  }

  async *#decode(
    request: GenerationRequest,
    prompt: readonly number[],
    call: Cancellable,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    const limit = Math.min(request.maxTokens ?? Number.POSITIVE_INFINITY, this.#decoder.contextTokens - prompt.length);
    const sampler = new Sampler(request, prompt);
    const detokenizer = new Detokenizer(this.#tokenizer, prompt);
    const stops = new StopStrings(request.stop ?? []);
    const sequence = this.#decoder.sequence();
    let pending = prompt;
    let completionTokens = 0;
    let finish: GenerationEvent = { type: 'finish', reason: 'length' };
    while (completionTokens < limit) {
      let logits: Float32Array = new Float32Array(0);
      for (let at = 0; at < pending.length; at += this.#chunkTokens) {
        call.throwIfCancelled();
        logits = await this.#decoder.append(sequence, pending.slice(at, at + this.#chunkTokens));
      }
      call.throwIfCancelled();
      const token = sampler.next(logits);
      if (this.#facts.stopIds.has(token)) {
        finish = { type: 'finish', reason: 'stop' };
        break;
      }
      completionTokens += 1;
      const { text, matched } = stops.push(detokenizer.push(token));
      if (text !== '') yield { type: 'text', text };
      if (matched !== undefined) {
        finish = { type: 'finish', reason: 'stop', stopSequence: matched };
        break;
      }
      pending = [token];
    }
    // Empty after a match: what a stop string held back is the stop string.
    const rest = stops.flush();
    if (rest !== '') yield { type: 'text', text: rest };
    yield finish;
    yield { type: 'usage', promptTokens: prompt.length, completionTokens };
  }

  #promptIds(input: GenerationInput, param: string): readonly number[] {
    this.#refuseHugeText(input, param);
    const ids = this.#encode(input, param);
    if (ids.length > 0) return ids;
    // A decoder needs one token to start from.
    if (this.#facts.bosId === undefined)
      throw new InferenceError('invalid_value', 'expected a prompt of at least one token, got none', { param });
    return [this.#facts.bosId];
  }

  /** Tokenising cannot be stopped: megabytes that can never fit would hold the thread for seconds. */
  #refuseHugeText(input: GenerationInput, param: string): void {
    const { contextTokens } = this.#decoder;
    const most = contextTokens * this.#tokenizer.mostCharsPerToken;
    const characters = textLength(input);
    if (characters <= most) return;
    const message = `the prompt has ${characters} characters, more than the ${contextTokens - 1} tokens that the model takes can hold`;
    throw new InferenceError('context_length_exceeded', message, { param });
  }

  #encode(input: GenerationInput, param: string): readonly number[] {
    switch (input.kind) {
      case 'chat': {
        if (this.#template === undefined) throw new InferenceError('unsupported_value', 'the model has no chat template', { param });
        // The template writes the special tokens itself.
        return this.#tokenizer.encode(this.#template.render(input.messages, input.continueFinal, param), { addSpecialTokens: false });
      }
      case 'text':
        return this.#tokenizer.encode(input.text, { addSpecialTokens: true });
      case 'tokens': {
        const wrong = input.ids.find((id) => !Number.isInteger(id) || id < 0 || id >= this.#tokenizer.vocabSize);
        if (wrong === undefined) return input.ids;
        throw new InferenceError('invalid_value', `expected token ids from 0 to ${this.#tokenizer.vocabSize - 1}, got ${wrong}`, { param });
      }
      case 'several':
        throw new InferenceError('unsupported_value', `expected one prompt, got ${input.prompts.length}`, { param });
    }
  }
}

function textLength(input: GenerationInput): number {
  switch (input.kind) {
    case 'chat':
      return input.messages.reduce((sum, { content }) => sum + content.length, 0);
    case 'text':
      return input.text.length;
    case 'tokens':
      return 0;
    case 'several':
      return Math.max(...input.prompts.map(textLength));
  }
}
