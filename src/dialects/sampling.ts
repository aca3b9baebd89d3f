// Sampling fields that the OpenAI-shaped text routes share, and their way into a GenerationRequest.

import Type, { type Static } from 'typebox';
import type { GenerationRequest } from '../contract/generation.ts';

/** How many tokens may be generated. Larger numbers than this are not exact in JavaScript. */
export const tokenLimit = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** 0 is off, and -1 too, the way other local servers write it. */
export const topKField = Type.Optional(Type.Integer({ minimum: -1, maximum: Number.MAX_SAFE_INTEGER }));

/** Only checked for its form: whether a count or a format is served is a question of policy. */
export const countField = Type.Optional(Type.Integer({ minimum: 1 }));
export const formatField = Type.Optional(Type.Object({ type: Type.String() }));

/** Schema members. `top_k`, `min_p` and `repetition_penalty` are extensions that local servers share. */
export const samplingFields = {
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
  top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  top_k: topKField,
  min_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  repetition_penalty: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  frequency_penalty: Type.Optional(Type.Number({ minimum: -2, maximum: 2 })),
  presence_penalty: Type.Optional(Type.Number({ minimum: -2, maximum: 2 })),
  // Beyond this range two seeds that differ on the wire would be one number.
  seed: Type.Optional(Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })),
};

const samplingSchema = Type.Object(samplingFields);
export type SamplingFields = Static<typeof samplingSchema>;

/** One stop string or several; none is empty, which would stop before anything. */
export const stopField = Type.Optional(
  Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { maxItems: 64 })]),
);

export const streamFields = {
  stream: Type.Optional(Type.Boolean()),
  stream_options: Type.Optional(Type.Object({ include_usage: Type.Optional(Type.Boolean()) })),
};

export type Sampling = Omit<GenerationRequest, 'input' | 'inputParam'>;

export function samplingOf(body: SamplingFields): Sampling {
  return {
    ...(body.temperature === undefined ? {} : { temperature: body.temperature }),
    ...(body.top_p === undefined ? {} : { topP: body.top_p }),
    ...(body.top_k === undefined ? {} : { topK: Math.max(0, body.top_k) }),
    ...(body.min_p === undefined ? {} : { minP: body.min_p }),
    ...(body.repetition_penalty === undefined ? {} : { repetitionPenalty: body.repetition_penalty }),
    ...(body.frequency_penalty === undefined ? {} : { frequencyPenalty: body.frequency_penalty }),
    ...(body.presence_penalty === undefined ? {} : { presencePenalty: body.presence_penalty }),
    ...(body.seed === undefined ? {} : { seed: body.seed }),
  };
}

export function limitsOf(maxTokens: number | undefined, stop: string | readonly string[] | undefined): Sampling {
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(stop === undefined ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
  };
}
