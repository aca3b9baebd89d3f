// Renders a conversation the way the model was trained to read it, by the Jinja template beside its tokenizer.

import { Template } from '@huggingface/jinja';
import { InferenceError } from '../../src/core/errors.ts';
import type { Tokenizer } from './tokenizer.ts';

// Private characters of Unicode, which no template writes and none trims.
const endMark = '\uE000\uE001\uE000';

/** A message as templates read it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly object[];
  readonly tool_call_id?: string;
  readonly name?: string;
}

export class ChatTemplate {
  /** Whether it shows tools by itself. */
  readonly takesTools: boolean;
  readonly #template: Template;
  readonly #tokens: { readonly bos_token: string; readonly eos_token: string };

  /** Undefined where the model has no template. Throws: Error when the template is not valid Jinja. */
  static of(tokenizer: Tokenizer): ChatTemplate | undefined {
    return tokenizer.chatTemplate === undefined ? undefined : new ChatTemplate(tokenizer.chatTemplate, tokenizer);
  }

  private constructor(source: string, tokenizer: Tokenizer) {
    this.#template = new Template(source);
    this.takesTools = /\btools\b/.test(source);
    this.#tokens = { bos_token: tokenizer.bosToken ?? '', eos_token: tokenizer.eosToken ?? '' };
  }

  /**
   * The prompt. `tools` in the form of OpenAI; without them none are shown. With `continueFinal` it ends where the last message's content ends; else where the assistant is to begin.
   * Throws: invalid_value when the template refuses the messages.
   */
  render(messages: readonly TemplateMessage[], continueFinal: boolean, param: string, tools?: readonly object[]): string {
    const last = messages.at(-1);
    const run = (some: readonly TemplateMessage[], isOpen: boolean): string => this.#run(some, isOpen, param, tools);
    if (!continueFinal || last === undefined) return run(messages, true);
    // An empty beginning is the place where the assistant begins anyway.
    if (last.content.trim() === '') return run(messages.slice(0, -1), true);
    // The content itself would not tell where it ends: it may stand in what the template writes after it as well.
    const marked = [...messages.slice(0, -1), { ...last, content: `${last.content}${endMark}` }];
    const whole = run(marked, false);
    const at = whole.lastIndexOf(endMark);
    if (at >= 0) return whole.slice(0, at);
    throw new InferenceError('invalid_value', 'the chat template of the model does not keep the last message, so it cannot be continued', {
      param,
    });
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
