// Renders a conversation the way the model was trained to read it, by the Jinja template beside its tokenizer.

import { Template } from '@huggingface/jinja';
import type { ChatMessage } from '../../src/contract/generation.ts';
import { InferenceError } from '../../src/core/errors.ts';
import type { Tokenizer } from './tokenizer.ts';

// Private characters of Unicode, which no template writes and none trims.
const endMark = '\uE000\uE001\uE000';

export class ChatTemplate {
  readonly #template: Template;
  readonly #tokens: { readonly bos_token: string; readonly eos_token: string };

  /** Undefined where the model has no template. Throws: Error when the template is not valid Jinja. */
  static of(tokenizer: Tokenizer): ChatTemplate | undefined {
    return tokenizer.chatTemplate === undefined ? undefined : new ChatTemplate(tokenizer.chatTemplate, tokenizer);
  }

  private constructor(source: string, tokenizer: Tokenizer) {
    this.#template = new Template(source);
    this.#tokens = { bos_token: tokenizer.bosToken ?? '', eos_token: tokenizer.eosToken ?? '' };
  }

  /**
   * The prompt. With `continueFinal` it ends where the last message's content ends; else where the assistant is to begin.
   * Throws: invalid_value when the template refuses the messages.
   */
  render(messages: readonly ChatMessage[], continueFinal: boolean, param: string): string {
    const last = messages.at(-1);
    if (!continueFinal || last === undefined) return this.#run(messages, true, param);
    // An empty beginning is the place where the assistant begins anyway.
    if (last.content.trim() === '') return this.#run(messages.slice(0, -1), true, param);
    // The content itself would not tell where it ends: it may stand in what the template writes after it as well.
    const marked = [...messages.slice(0, -1), { ...last, content: `${last.content}${endMark}` }];
    const whole = this.#run(marked, false, param);
    const at = whole.lastIndexOf(endMark);
    if (at >= 0) return whole.slice(0, at);
    throw new InferenceError('invalid_value', 'the chat template of the model does not keep the last message, so it cannot be continued', {
      param,
    });
  }

  #run(messages: readonly ChatMessage[], addGenerationPrompt: boolean, param: string): string {
    try {
      return this.#template.render({ messages, add_generation_prompt: addGenerationPrompt, ...this.#tokens });
    } catch (cause) {
      throw new InferenceError('invalid_value', 'the chat template of the model does not take these messages', { param, cause });
    }
  }
}
