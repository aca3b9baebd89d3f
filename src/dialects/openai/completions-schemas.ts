// Schemas of what `POST /v1/completions` answers: the whole reply and one chunk of a stream, which share their name.

import Type from 'typebox';
import { completionLogprobsSchema } from './logprobs.ts';
import { chunkUsageField, envelopeFields, usageSchema } from './usage.ts';

const finishReason = Type.Enum(['stop', 'length', 'content_filter']);

const choiceFields = {
  index: Type.Integer({ minimum: 0, description: 'Index of the prompt times n, plus the choice.' }),
  text: Type.String(),
  logprobs: Type.Optional(completionLogprobsSchema),
};

export const completionReplySchema = Type.Object({
  ...envelopeFields,
  object: Type.Literal('text_completion'),
  choices: Type.Array(Type.Object({ ...choiceFields, finish_reason: finishReason })),
  usage: Type.Optional(usageSchema),
});

export const completionChunkSchema = Type.Object({
  ...envelopeFields,
  object: Type.Literal('text_completion'),
  choices: Type.Array(Type.Object({ ...choiceFields, finish_reason: Type.Optional(Type.Union([finishReason, Type.Null()])) })),
  usage: chunkUsageField,
});
