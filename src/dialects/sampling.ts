// Sampling fields that the OpenAI-shaped text routes share, and their way into a GenerationRequest.

import Type, { type Static } from 'typebox';
import type { GenerationRequest } from '../contract/generation.ts';
import { InferenceError } from '../core/errors.ts';
import { pathKey } from '../core/quoted-word.ts';

/** How many tokens may be generated. Larger numbers than this are not exact in JavaScript. */
export const tokenLimit = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Most tokens to generate; clamped to what the context has left.',
});

/** 0 is off, and -1 too, the way other local servers write it. */
export const topKField = Type.Optional(
  Type.Integer({
    minimum: -1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Extension: choose among this many likeliest tokens; 0 or -1 is off.',
  }),
);

/** Schema members. `top_k`, `min_p`, `repetition_penalty`, `min_tokens` and `ignore_eos` are extensions that local servers share. */
export const samplingFields = {
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2, description: '0 always takes the likeliest token. Default 1.' })),
  top_p: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Choose among the tokens that make up this probability. Default 1.' }),
  ),
  top_k: topKField,
  min_p: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Extension: drop tokens below this share of the likeliest one. Default 0.' }),
  ),
  repetition_penalty: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'Extension: above 1 makes tokens that came before less likely. Default 1.' }),
  ),
  frequency_penalty: Type.Optional(
    Type.Number({ minimum: -2, maximum: 2, description: 'Taken off a token for each time it was generated. Default 0.' }),
  ),
  presence_penalty: Type.Optional(
    Type.Number({ minimum: -2, maximum: 2, description: 'Taken off a token that was generated at all. Default 0.' }),
  ),
  // Beyond this range two seeds that differ on the wire would be one number.
  seed: Type.Optional(
    Type.Integer({
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The same seed, request and system_fingerprint give the same text.',
    }),
  ),
  logit_bias: Type.Optional(
    Type.Record(Type.String(), Type.Number({ minimum: -100, maximum: 100 }), {
      description: 'Added to the logits of tokens, by their id in the vocabulary of the served model.',
    }),
  ),
  min_tokens: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Extension: no end token before this many tokens. Default 0.',
    }),
  ),
  ignore_eos: Type.Optional(Type.Boolean({ description: 'Extension: go on past end tokens. Default false.' })),
};

const samplingSchema = Type.Object(samplingFields);
export type SamplingFields = Static<typeof samplingSchema>;

/** One stop string or several; none is empty, which would stop before anything. */
export const stopField = Type.Optional(
  Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { maxItems: 64 })], {
    description: 'The text ends before the first of these.',
  }),
);

export const streamFields = {
  stream: Type.Optional(Type.Boolean({ description: 'Answer with server-sent events. Default false.' })),
  stream_options: Type.Optional(
    Type.Object(
      {
        include_usage: Type.Optional(Type.Boolean({ description: 'End the stream with a chunk of token counts. Default false.' })),
        include_obfuscation: Type.Optional(Type.Boolean({ description: 'Ignored: no padding is sent.' })),
      },
      { description: 'Only where stream is true.' },
    ),
  ),
};

export type Sampling = Omit<GenerationRequest, 'input' | 'inputParam'>;

/** Throws: InferenceError `invalid_value` with the path of a key of `logit_bias` that is no token id. */
export function samplingOf(body: SamplingFields): Sampling {
  const bias = biasOf(body.logit_bias);
  return {
    ...(body.temperature === undefined ? {} : { temperature: body.temperature }),
    ...(body.top_p === undefined ? {} : { topP: body.top_p }),
    ...(body.top_k === undefined ? {} : { topK: Math.max(0, body.top_k) }),
    ...(body.min_p === undefined ? {} : { minP: body.min_p }),
    ...(body.repetition_penalty === undefined ? {} : { repetitionPenalty: body.repetition_penalty }),
    ...(body.frequency_penalty === undefined ? {} : { frequencyPenalty: body.frequency_penalty }),
    ...(body.presence_penalty === undefined ? {} : { presencePenalty: body.presence_penalty }),
    ...(body.seed === undefined ? {} : { seed: body.seed }),
    ...(bias === undefined ? {} : { logitBias: bias }),
    ...(body.min_tokens === undefined ? {} : { minTokens: body.min_tokens }),
    ...(body.ignore_eos === undefined ? {} : { ignoreEos: body.ignore_eos }),
  };
}

export function limitsOf(maxTokens: number | undefined, stop: string | readonly string[] | undefined): Sampling {
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(stop === undefined ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
  };
}

/** Undefined where no token is biased, which asks nothing of a model. */
function biasOf(fields: SamplingFields['logit_bias']): ReadonlyMap<number, number> | undefined {
  const entries = Object.entries(fields ?? {});
  if (entries.length === 0) return undefined;
  return new Map(
    entries.map(([key, bias]) => {
      const id = Number(key);
      // One spelling per id, or two keys could mean one token.
      if (!/^(?:0|[1-9][0-9]*)$/.test(key) || !Number.isSafeInteger(id)) {
        const param = `logit_bias.${pathKey(key)}`;
        throw new InferenceError('invalid_value', 'expected the keys of logit_bias to be token ids, got one that is none', { param });
      }
      return [id, bias] as const;
    }),
  );
}
