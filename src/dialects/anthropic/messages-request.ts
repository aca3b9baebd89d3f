// The body of `POST /v1/messages`, and what it asks of a generator.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import type { ChatMessage, GenerationRequest } from '../../contract/generation.ts';
import { chatInput } from '../chat-prompt.ts';
import { checkBody } from '../check-body.ts';
import { contentText, type PartTypes } from '../content-text.ts';
import { maxMessages, maxParts } from '../list-limits.ts';
import { limitsOf, samplingOf, tokenLimit, topKField } from '../sampling.ts';

const contentSchema = Type.Union([
  Type.String(),
  Type.Array(Type.Object({ type: Type.String(), text: Type.Optional(Type.String()) }), { maxItems: maxParts }),
]);

export const messagesSchema = Type.Object({
  model: Type.Optional(Type.String({ minLength: 1 })),
  max_tokens: tokenLimit,
  messages: Type.Array(Type.Object({ role: Type.Enum(['user', 'assistant', 'system']), content: contentSchema }), {
    minItems: 1,
    maxItems: maxMessages,
  }),
  system: Type.Optional(contentSchema),
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  top_k: topKField,
  stop_sequences: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 64 })),
  stream: Type.Optional(Type.Boolean()),
});

export type MessagesRequest = Static<typeof messagesSchema>;

const partTypes: PartTypes = {
  text: new Set(['text']),
  dropped: new Set(['thinking', 'redacted_thinking']),
  refused: new Set(['image', 'document', 'tool_use', 'tool_result', 'search_result', 'server_tool_use', 'container_upload']),
};

export function checkMessages(body: unknown): CheckedBody {
  const checked = checkBody('messages', messagesSchema, body);
  chatMessages(checked as MessagesRequest); // Proven by the schema; throws for blocks that a text model cannot take.
  return checked;
}

/** Throws: InferenceError with the path of a block that is not text. */
export function messagesToGeneration(body: MessagesRequest | CheckedBody): GenerationRequest {
  const request = body as MessagesRequest; // A checked body passed this schema.
  const { temperature, top_p, top_k } = request;
  const sampling = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(top_k === undefined ? {} : { top_k }),
  };
  return {
    input: chatInput(chatMessages(request)),
    inputParam: 'messages',
    ...samplingOf(sampling),
    ...limitsOf(request.max_tokens, request.stop_sequences),
  };
}

/** Neighbours of one role are merged, as the hosted API does. */
function chatMessages(request: MessagesRequest): readonly ChatMessage[] {
  const merged: ChatMessage[] = [];
  if (request.system !== undefined) merged.push({ role: 'system', content: contentText(request.system, 'system', partTypes) });
  for (const [index, { role, content }] of request.messages.entries()) {
    const text = contentText(content, `messages[${index}].content`, partTypes);
    const last = merged.at(-1);
    if (last?.role === role) merged[merged.length - 1] = { role, content: `${last.content}\n${text}` };
    else merged.push({ role, content: text });
  }
  return merged;
}
