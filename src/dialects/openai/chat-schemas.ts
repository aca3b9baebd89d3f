// Schemas of what `POST /v1/chat/completions` answers: the whole reply and one chunk of a stream.

import Type from 'typebox';
import { chatLogprobsSchema } from './logprobs.ts';
import { chunkUsageField, envelopeFields, usageSchema } from './usage.ts';

const finishReason = Type.Enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);
const nullableText = Type.Union([Type.String(), Type.Null()]);
const index = Type.Integer({ minimum: 0 });
const called = Type.Object({ name: Type.String(), arguments: Type.String({ description: 'JSON text.' }) });

export const chatReplySchema = Type.Object({
  ...envelopeFields,
  object: Type.Literal('chat.completion'),
  choices: Type.Array(
    Type.Object({
      index,
      message: Type.Object({
        role: Type.Literal('assistant'),
        content: nullableText,
        refusal: Type.Optional(nullableText),
        tool_calls: Type.Optional(
          Type.Array(Type.Object({ id: Type.String(), type: Type.Literal('function'), function: called }), { minItems: 1 }),
        ),
        function_call: Type.Optional(called),
      }),
      logprobs: Type.Optional(chatLogprobsSchema),
      finish_reason: finishReason,
    }),
  ),
  usage: Type.Optional(usageSchema),
});

const calledPiece = Type.Object({ name: Type.Optional(Type.String()), arguments: Type.Optional(Type.String()) });

export const chatChunkSchema = Type.Object({
  ...envelopeFields,
  object: Type.Literal('chat.completion.chunk'),
  choices: Type.Array(
    Type.Object({
      index,
      delta: Type.Object({
        role: Type.Optional(Type.Literal('assistant')),
        content: Type.Optional(nullableText),
        refusal: Type.Optional(nullableText),
        tool_calls: Type.Optional(
          Type.Array(
            Type.Object({
              index,
              id: Type.Optional(Type.String()),
              type: Type.Optional(Type.Literal('function')),
              function: Type.Optional(calledPiece),
            }),
          ),
        ),
        function_call: Type.Optional(calledPiece),
      }),
      logprobs: Type.Optional(chatLogprobsSchema),
      finish_reason: Type.Optional(Type.Union([finishReason, Type.Null()])),
    }),
  ),
  usage: chunkUsageField,
});
