// Text generation: a small chat model behind the four routes that generate text. Messages and responses are served by its chat.

import {
  type ChatCompletionsRequest,
  type CompletionsRequest,
  chatToGeneration,
  completionToGeneration,
  type ModelContext,
  type ModelRequest,
} from 'heddle';
import { TextGenerator } from 'heddle/engines';

export default class SmolLM2 {
  static adapters = ['messages', 'responses'];

  readonly #context: ModelContext;
  #generator: TextGenerator | undefined;

  constructor(context: ModelContext) {
    this.#context = context;
  }

  get capabilities() {
    return this.#generator?.capabilities;
  }

  async load() {
    this.#generator = await TextGenerator.open(this.#context, { severalCalls: false });
  }

  chatCompletions(body: ChatCompletionsRequest, request: ModelRequest) {
    return this.#open().generate(chatToGeneration(body), request);
  }

  completions(body: CompletionsRequest, request: ModelRequest) {
    return this.#open().generate(completionToGeneration(body), request);
  }

  countTokens(body: ChatCompletionsRequest) {
    return this.#open().countTokens(chatToGeneration(body));
  }

  async unload() {
    await this.#generator?.close();
  }

  #open(): TextGenerator {
    if (this.#generator === undefined) throw new Error('expected load() first');
    return this.#generator;
  }
}
