// From what a request holds to the token ids the graph reads, refused before any run when it cannot fit.

import type { ChatMessage, GenerationInput, GenerationRequest } from '../../src/contract/generation.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { ChatTemplate } from './chat-template.ts';
import { dropOldest } from './drop-oldest.ts';
import type { Tokenizer } from './tokenizer.ts';

type OneInput = Exclude<GenerationInput, { readonly kind: 'several' }>;

export interface Prompt {
  /** At least one. */
  readonly ids: readonly number[];
  /** What an echo repeats; empty for chats. */
  readonly text: string;
}

/** Encodes prompts for one model. */
export class Prompts {
  readonly #tokenizer: Tokenizer;
  readonly #template: ChatTemplate | undefined;
  readonly #bosId: number | undefined;
  readonly #contextTokens: number;

  constructor(tokenizer: Tokenizer, facts: { readonly bosId: number | undefined; readonly contextTokens: number }) {
    this.#tokenizer = tokenizer;
    this.#template = ChatTemplate.of(tokenizer);
    this.#bosId = facts.bosId;
    this.#contextTokens = facts.contextTokens;
  }

  /** Tokens of all prompts, however many. Throws: invalid_value, unsupported_value, context_length_exceeded. */
  count(input: GenerationInput, param: string): number {
    return inputsOf(input).reduce((sum, one) => sum + this.#ids(one, param).length, 0);
  }

  /** The prompts, each of them short enough for one token to answer. Throws: as {@link Prompts.count}. */
  encode(request: Pick<GenerationRequest, 'input' | 'inputParam' | 'dropOldest'>): readonly Prompt[] {
    const { inputParam: param } = request;
    return inputsOf(request.input).map((input) => {
      const kept = request.dropOldest === true && input.kind === 'chat' ? this.#shortened(input, param) : input;
      const ids = this.#ids(kept, param);
      if (ids.length < this.#contextTokens) return { ids, text: this.#text(kept) };
      const message = `the prompt has ${ids.length} tokens, the model takes at most ${this.#contextTokens - 1} and one to answer`;
      throw new InferenceError('context_length_exceeded', message, { param });
    });
  }

  #shortened(input: OneInput & { readonly kind: 'chat' }, param: string): OneInput {
    const shortened = (messages: readonly ChatMessage[]): OneInput => ({ ...input, messages });
    const fits = (messages: readonly ChatMessage[]): boolean => {
      const one = shortened(messages);
      return textLength(one) <= this.#mostCharacters && this.#ids(one, param).length < this.#contextTokens;
    };
    return shortened(dropOldest(input.messages, fits));
  }

  #ids(input: OneInput, param: string): readonly number[] {
    this.#refuseHugeText(input, param);
    const ids = this.#encode(input, param);
    if (ids.length > 0) return ids;
    // A decoder needs one token to start from.
    if (this.#bosId === undefined)
      throw new InferenceError('invalid_value', 'expected a prompt of at least one token, got none', { param });
    return [this.#bosId];
  }

  get #mostCharacters(): number {
    return this.#contextTokens * this.#tokenizer.mostCharsPerToken;
  }

  /** Tokenising cannot be stopped: megabytes that can never fit would hold the thread for seconds. */
  #refuseHugeText(input: OneInput, param: string): void {
    const characters = textLength(input);
    if (characters <= this.#mostCharacters) return;
    const message = `the prompt has ${characters} characters, more than the ${this.#contextTokens - 1} tokens that the model takes can hold`;
    throw new InferenceError('context_length_exceeded', message, { param });
  }

  #encode(input: OneInput, param: string): readonly number[] {
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
    }
  }

  #text(input: OneInput): string {
    if (input.kind === 'chat') return '';
    // Special tokens too: it is the text that makes these ids.
    return input.kind === 'text' ? input.text : this.#tokenizer.decode(input.ids, { skipSpecialTokens: false });
  }
}

function inputsOf(input: GenerationInput): readonly OneInput[] {
  return input.kind === 'several' ? input.prompts : [input];
}

function textLength(input: OneInput): number {
  switch (input.kind) {
    case 'chat':
      return input.messages.reduce((sum, { content }) => sum + content.length, 0);
    case 'text':
      return input.text.length;
    case 'tokens':
      return 0;
  }
}
