// From checked messages of any route to the neutral chat input.

import type { ChatMessage, GenerationInput } from '../contract/generation.ts';

/** Joins the leading system messages, since many templates take only one, and marks an assistant's beginning at the end. */
export function chatInput(messages: readonly ChatMessage[]): GenerationInput {
  let leading = messages.findIndex((message) => message.role !== 'system');
  if (leading < 0) leading = messages.length;
  const system = messages.slice(0, leading).map((message) => message.content);
  const joined: readonly ChatMessage[] = system.length > 0 ? [{ role: 'system', content: system.join('\n\n') }] : [];
  return { kind: 'chat', messages: [...joined, ...messages.slice(leading)], continueFinal: messages.at(-1)?.role === 'assistant' };
}
