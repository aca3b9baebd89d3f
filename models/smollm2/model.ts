// Text generation: a small chat model behind the four routes that generate text.

import {
  type ChatCompletionsRequest,
  type CompletionsRequest,
  chatToGeneration,
  completionToGeneration,
  type MessagesRequest,
  type ModelContext,
  type ModelRequest,
  messagesToGeneration,
  type ResponsesRequest,
  responseToGeneration,
} from 'heddle';
import { TextGenerator } from 'heddle/engines';

export default class SmolLM2 {
  readonly #context: ModelContext;
  #generator: TextGenerator | undefined;

  constructor(context: ModelContext) {
    this.#context = context;
  }

  get capabilities() {
    return this.#generator?.capabilities;
  }

  async load() {
    this.#generator = await TextGenerator.open(this.#context);
  }

  chatCompletions(body: ChatCompletionsRequest, request: ModelRequest) {
    return this.#open().generate(chatToGeneration(body), request);
  }

  completions(body: CompletionsRequest, request: ModelRequest) {
    return this.#open().generate(completionToGeneration(body), request);
  }

  responses(body: ResponsesRequest, request: ModelRequest) {
    return this.#open().generate(responseToGeneration(body), request);
  }

  messages(body: MessagesRequest, request: ModelRequest) {
    return this.#open().generate(messagesToGeneration(body), request);
  }

  async unload() {
    await this.#generator?.close();
  }

  #open(): TextGenerator {
    if (this.#generator === undefined) throw new Error('expected load() first');
    return this.#generator;
  }
}
