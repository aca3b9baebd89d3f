// Renders a conversation the way the model was trained to read it, by the Jinja template beside its tokenizer.

import { Template } from '@huggingface/jinja';
import { InferenceError } from '../../src/core/errors.ts';
import { callStart } from '../grammar/tool-grammar.ts';
import { MarkupGuard } from './markup-guard.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A message as templates read it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly object[];
  readonly tool_call_id?: string;
  readonly name?: string;
}

export class ChatTemplate {
  /** Whether it shows tools by itself, in the markup that calls are read in. */
  readonly takesTools: boolean;
  readonly #template: Template;
  readonly #tokens: { readonly bos_token: string; readonly eos_token: string };
  readonly #guard: MarkupGuard;

  /** Undefined where the model has no template. Throws: Error when the template is not valid Jinja. */
  static of(tokenizer: Tokenizer): ChatTemplate | undefined {
    return tokenizer.chatTemplate === undefined ? undefined : new ChatTemplate(tokenizer.chatTemplate, tokenizer);
  }

  private constructor(source: string, tokenizer: Tokenizer) {
    this.#template = new Template(source);
    // One that shows them in a markup of its own would teach calls that no one reads.
    this.takesTools = /\btools\b/.test(source) && source.includes(callStart);
    this.#tokens = { bos_token: tokenizer.bosToken ?? '', eos_token: tokenizer.eosToken ?? '' };
    // Some models open their turns with added tokens that are not called special.
    const shown = this.#turnMarkup();
    const isMarkup = (text: string): boolean => text.trim() !== '' && shown.includes(text);
    this.#guard = new MarkupGuard(tokenizer.addedTokens.flatMap(({ text, isSpecial }) => (isSpecial || isMarkup(text) ? [text] : [])));
  }

  /**
   * The prompt, in pieces that are to be encoded apart, so that no text in the messages and tools becomes a special token.
   * `tools` in the form of OpenAI; without them none are shown. With `continueFinal` it ends where the last message's content ends;
   * else where the assistant is to begin.
   * Throws: invalid_value when the template refuses the messages.
   */
  render(messages: readonly TemplateMessage[], continueFinal: boolean, param: string, tools?: readonly object[]): readonly string[] {
    const last = messages.at(-1);
    const told = messages.map((message) => this.#guarded(message));
    const shown = tools?.map((tool) => this.#guard.object(tool));
    const run = (some: readonly TemplateMessage[], isOpen: boolean): string => this.#run(some, isOpen, param, shown);
    if (!continueFinal || last === undefined) return this.#guard.pieces(run(told, true));
    // An empty beginning is the place where the assistant begins anyway.
    if (last.content.trim() === '') return this.#guard.pieces(run(told.slice(0, -1), true));
    // The content itself would not tell where it ends: it may stand in what the template writes after it as well.
    const marked = { ...this.#guarded(last), content: this.#guard.marked(last.content) };
    const before = this.#guard.before(run([...told.slice(0, -1), marked], false));
    if (before !== undefined) return this.#guard.pieces(before);
    throw new InferenceError('invalid_value', 'the chat template of the model does not keep the last message, so it cannot be continued', {
      param,
    });
  }

  #guarded({ role, content, tool_calls, tool_call_id, name }: TemplateMessage): TemplateMessage {
    return {
      role,
      content: this.#guard.text(content),
      ...(tool_calls === undefined ? {} : { tool_calls: tool_calls.map((call) => this.#guard.object(call)) }),
      ...(tool_call_id === undefined ? {} : { tool_call_id: this.#guard.text(tool_call_id) }),
      ...(name === undefined ? {} : { name: this.#guard.text(name) }),
    };
  }

  /** What it writes around a question; empty where it takes none alone. */
  #turnMarkup(): string {
    try {
      return this.#template.render({ messages: [{ role: 'user', content: '?' }], add_generation_prompt: true, ...this.#tokens });
    } catch {
      return '';
    }
  }

  #run(messages: readonly TemplateMessage[], addGenerationPrompt: boolean, param: string, tools: readonly object[] | undefined): string {
    try {
      return this.#template.render({
        messages,
        add_generation_prompt: addGenerationPrompt,
        ...(tools === undefined ? {} : { tools }),
        ...this.#tokens,
      });
    } catch (cause) {
      throw new InferenceError('invalid_value', 'the chat template of the model does not take these messages', { param, cause });
    }
  }
}
