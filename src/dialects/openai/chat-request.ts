// The body of `POST /v1/chat/completions`, and what it asks of a generator.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import type { ChatMessage, GenerationRequest } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { chatInput } from '../chat-prompt.ts';
import { checkBody } from '../check-body.ts';
import { contentText, type PartTypes } from '../content-text.ts';
import { maxMessages, maxParts } from '../list-limits.ts';
import { countField, formatField, limitsOf, samplingFields, samplingOf, stopField, streamFields, tokenLimit } from '../sampling.ts';

const partSchema = Type.Object({ type: Type.String(), text: Type.Optional(Type.String()), refusal: Type.Optional(Type.String()) });

const messageSchema = Type.Object({
  role: Type.Enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: Type.Optional(Type.Union([Type.String(), Type.Array(partSchema, { maxItems: maxParts })])),
  tool_calls: Type.Optional(Type.Array(Type.Unknown())),
  function_call: Type.Optional(Type.Unknown()),
  audio: Type.Optional(Type.Unknown()),
});

export const chatSchema = Type.Object({
  model: Type.Optional(Type.String({ minLength: 1 })),
  messages: Type.Array(messageSchema, { minItems: 1, maxItems: maxMessages }),
  max_completion_tokens: Type.Optional(tokenLimit),
  max_tokens: Type.Optional(tokenLimit),
  n: countField,
  response_format: formatField,
  stop: stopField,
  ...samplingFields,
  ...streamFields,
});

export type ChatCompletionsRequest = Static<typeof chatSchema>;

const partTypes: PartTypes = {
  text: new Set(['text', 'input_text', 'refusal']),
  dropped: new Set(),
  refused: new Set(['image_url', 'input_audio', 'file', 'video_url', 'audio_url']),
};

export function checkChat(body: unknown): CheckedBody {
  const checked = checkBody('chatCompletions', chatSchema, body);
  chatMessages(checked as ChatCompletionsRequest); // Proven by the schema; throws for parts that a text model cannot take.
  return checked;
}

/** Throws: InferenceError with the path of a part that is not text. */
export function chatToGeneration(body: ChatCompletionsRequest | CheckedBody): GenerationRequest {
  const request = body as ChatCompletionsRequest; // A checked body passed this schema.
  return {
    input: chatInput(chatMessages(request)),
    inputParam: 'messages',
    ...samplingOf(request),
    ...limitsOf(request.max_completion_tokens ?? request.max_tokens, request.stop),
  };
}

function chatMessages(request: ChatCompletionsRequest): readonly ChatMessage[] {
  return request.messages.map((message, index) => {
    const path = `messages[${index}]`;
    const key = unservedKey(message);
    if (key !== undefined) {
      throw new InferenceError('unsupported_parameter', `expected ${path} without ${key}, which this model does not support`, {
        param: `${path}.${key}`,
      });
    }
    if (message.role === 'tool' || message.role === 'function') {
      throw new InferenceError('unsupported_value', `expected ${path}.role to be another, since tools are not served`, {
        param: `${path}.role`,
      });
    }
    if (message.content === undefined) {
      throw new InferenceError('missing_required_parameter', `expected ${path}.content, got nothing`, { param: `${path}.content` });
    }
    return { role: roles[message.role], content: contentText(message.content, `${path}.content`, partTypes) };
  });
}

/** What an earlier turn had that cannot be put back into a prompt of text. */
function unservedKey({ tool_calls, function_call, audio }: Static<typeof messageSchema>): string | undefined {
  if ((tool_calls?.length ?? 0) > 0) return 'tool_calls';
  if (function_call !== undefined) return 'function_call';
  return audio === undefined ? undefined : 'audio';
}

const roles = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' } as const;
