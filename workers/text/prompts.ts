// From what a request holds to the token ids the graph reads, refused before any run when it cannot fit.

import type { ChatMessage, GenerationInput, GenerationRequest, PromptInput } from '../../src/contract/generation.ts';
import { InferenceError } from '../../src/core/errors.ts';
import { ChatTemplate } from './chat-template.ts';
import { dropOldest } from './drop-oldest.ts';
import { offeredTools } from './offered-tools.ts';
import { spacedJson } from '../grammar/spaced-json.ts';
import { formatText, withSystemText } from './system-text.ts';
import type { Tokenizer } from './tokenizer.ts';
import { templateTools, type ToolPrompt, writtenTools } from './tool-prompt.ts';

type ChatInput = Extract<GenerationInput, { readonly kind: 'chat' }>;
type OneInput = Exclude<GenerationInput, { readonly kind: 'several' }>;

/** What a request's prompts are made of. */
export type PromptRequest = Pick<GenerationRequest, 'input' | 'tools' | 'toolChoice' | 'format'> &
  Partial<Pick<GenerationRequest, 'inputParam' | 'dropOldest'>>;

export interface Prompt {
  /** At least one. */
  readonly ids: readonly number[];
  /** What an echo repeats; empty for chats. */
  readonly text: string;
}

/** A prompt before it is encoded: a chat is told to the model once, for its length and for its tokens. */
interface Source {
  readonly characters: number;
  readonly encode: () => readonly number[];
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
  count(request: PromptRequest): number {
    return inputsOf(request.input).reduce((sum, input) => sum + this.#ids(input, request).length, 0);
  }

  /** The prompts, each of them short enough for one token to answer. Throws: as {@link Prompts.count}. */
  encode(request: PromptRequest): readonly Prompt[] {
    return inputsOf(request.input).map((input) => {
      const kept = request.dropOldest === true && input.kind === 'chat' ? this.#shortened(input, request) : input;
      const ids = this.#ids(kept, request);
      if (ids.length < this.#contextTokens) return { ids, text: this.#text(kept) };
      const message = `the prompt has ${ids.length} tokens, the model takes at most ${this.#contextTokens - 1} and one to answer`;
      throw new InferenceError('context_length_exceeded', message, { param: paramOf(request) });
    });
  }

  #shortened(input: ChatInput, request: PromptRequest): ChatInput {
    const fits = (messages: readonly ChatMessage[]): boolean => {
      const source = this.#source({ ...input, messages }, request);
      return source.characters <= this.#mostCharacters && this.#read(source, request).length < this.#contextTokens;
    };
    return { ...input, messages: dropOldest(input.messages, fits) };
  }

  #ids(input: OneInput, request: PromptRequest): readonly number[] {
    return this.#read(this.#source(input, request), request);
  }

  #read(source: Source, request: PromptRequest): readonly number[] {
    this.#refuseHugeText(source, request);
    const ids = source.encode();
    if (ids.length > 0) return ids;
    // A decoder needs one token to start from.
    if (this.#bosId === undefined)
      throw new InferenceError('invalid_value', 'expected a prompt of at least one token, got none', { param: paramOf(request) });
    return [this.#bosId];
  }

  get #mostCharacters(): number {
    return this.#contextTokens * this.#tokenizer.mostCharsPerToken;
  }

  /** Tokenising cannot be stopped: megabytes that can never fit would hold the thread for seconds. */
  #refuseHugeText({ characters }: Source, request: PromptRequest): void {
    if (characters <= this.#mostCharacters) return;
    const message = `the prompt has ${characters} characters, more than the ${this.#contextTokens - 1} tokens that the model takes can hold`;
    throw new InferenceError('context_length_exceeded', message, { param: paramOf(request) });
  }

  #told({ messages }: ChatInput, request: PromptRequest): ToolPrompt {
    const tell = this.#template?.takesTools === true ? templateTools : writtenTools;
    const format = formatText(request);
    return tell(format === undefined ? messages : withSystemText(messages, format), offeredTools(request), paramOf(request));
  }

  #source(input: OneInput, request: PromptRequest): Source {
    switch (input.kind) {
      case 'chat': {
        const told = this.#told(input, request);
        return { characters: lengthOf(told), encode: () => this.#encodeChat(told, input.continueFinal, paramOf(request)) };
      }
      case 'text':
        return { characters: input.text.length, encode: () => this.#tokenizer.encode(input.text, { addSpecialTokens: true }) };
      case 'tokens':
        return { characters: 0, encode: () => this.#ownIds(input.ids, idsParam(input, request)) };
    }
  }

  #encodeChat({ messages, tools }: ToolPrompt, continueFinal: boolean, param: string): readonly number[] {
    if (this.#template === undefined) throw new InferenceError('unsupported_value', 'the model has no chat template', { param });
    const pieces = this.#template.render(messages, continueFinal, param, tools);
    // The template writes the special tokens itself.
    return pieces.flatMap((piece) => this.#tokenizer.encode(piece, { addSpecialTokens: false }));
  }

  #ownIds(ids: readonly number[], param: string): readonly number[] {
    const at = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= this.#tokenizer.vocabSize);
    if (at < 0) return ids;
    const place = `${param}[${at}]`;
    const message = `expected ${place} to be a token id from 0 to ${this.#tokenizer.vocabSize - 1}, got ${ids[at]}`;
    throw new InferenceError('invalid_value', message, { param: place });
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

function lengthOf({ messages, tools }: ToolPrompt): number {
  const listed = (objects: readonly object[] | undefined): number => (objects === undefined ? 0 : spacedJson(objects).length);
  return messages.reduce((sum, { content, tool_calls }) => sum + content.length + listed(tool_calls), listed(tools));
}

/** Of several prompts the one. */
function idsParam(input: PromptInput, request: PromptRequest): string {
  const { input: whole } = request;
  return whole.kind === 'several' ? `${paramOf(request)}[${whole.prompts.indexOf(input)}]` : paramOf(request);
}

function paramOf({ inputParam = 'input' }: PromptRequest): string {
  return inputParam;
}
