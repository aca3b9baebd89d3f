// The body of `POST /v1/chat/completions`, and what it asks of a generator.

import Type, { type Static } from 'typebox';
import type { CheckedBody } from '../../contract/dialect.ts';
import type { GenerationRequest } from '../../contract/generation.ts';
import { InferenceError } from '../../core/errors.ts';
import { chatInput } from '../chat-prompt.ts';
import { checkBody } from '../check-body.ts';
import { hasUnservedTools } from '../served-tools.ts';
import { limitsOf, samplingFields, samplingOf, stopField, streamFields, tokenLimit } from '../sampling.ts';
import { checkChatResults } from '../tool-results.ts';
import { chatMessages, messagesField, textualMessages } from './chat-messages.ts';
import { choicesField, foreignFields, modelField, refused, telemetryFields } from './generation-fields.ts';
import { formatOf, outputFormatFields } from './output-format.ts';
import { toolFields, toolsOf } from './tools.ts';

export const chatSchema = Type.Object({
  model: modelField,
  messages: messagesField,
  max_completion_tokens: Type.Optional(tokenLimit),
  max_tokens: Type.Optional(tokenLimit),
  n: choicesField,
  logprobs: Type.Optional(Type.Boolean({ description: 'Tell how likely each token was. Default false.' })),
  top_logprobs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 20,
      description: 'Tell so many of the likeliest tokens at each place. Only where logprobs is true.',
    }),
  ),
  stop: stopField,
  truncation: Type.Optional(
    Type.Enum(['auto', 'disabled'], {
      description: 'Extension: auto drops the oldest turns of a conversation that does not fit. Default disabled: it is refused.',
    }),
  ),
  ...samplingFields,
  ...outputFormatFields,
  ...toolFields,
  ...streamFields,
  ...telemetryFields,
  ...foreignFields,
  modalities: refused('replies other than text'),
  audio: refused('replies of sound'),
  web_search_options: refused('a search'),
  echo: refused('a field of completions'),
  best_of: refused('a field of completions'),
});

export type ChatCompletionsRequest = Static<typeof chatSchema>;

export function checkChat(body: unknown): CheckedBody {
  const checked = checkBody('chatCompletions', chatSchema, body);
  const request = checked as ChatCompletionsRequest; // Proven by the schema.
  // Throws for what a schema cannot tell, of what any model may be asked for.
  const choice = hasUnservedTools('chatCompletions', checked) ? ({ tool_choice: 'none' } as const) : {};
  chatToGeneration({ ...request, ...choice, messages: textualMessages(request.messages) });
  checkChatResults(request.messages);
  return checked;
}

/** Throws: InferenceError with the path of a part that is not text, or of fields that contradict each other. */
export function chatToGeneration(body: ChatCompletionsRequest | CheckedBody): GenerationRequest {
  const request = body as ChatCompletionsRequest; // A checked body passed this schema.
  return {
    input: chatInput(chatMessages(request.messages)),
    inputParam: 'messages',
    ...samplingOf(request),
    ...limitsOf(request.max_completion_tokens ?? request.max_tokens, request.stop),
    ...(request.n === undefined ? {} : { choices: request.n }),
    ...logprobsOf(request),
    ...formatOf(request),
    ...toolsOf(request),
    ...(request.truncation === 'auto' ? { dropOldest: true } : {}),
  };
}

function logprobsOf({ logprobs, top_logprobs = 0 }: ChatCompletionsRequest): Pick<GenerationRequest, 'logprobs'> {
  if (logprobs === true) return { logprobs: top_logprobs };
  // 0 asks for nothing.
  if (top_logprobs === 0) return {};
  throw new InferenceError('invalid_value', 'expected top_logprobs only where logprobs is true', { param: 'top_logprobs' });
}
