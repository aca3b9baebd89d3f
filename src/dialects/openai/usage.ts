// What the replies of the chat and completion routes have in common: token counts, the fingerprint, and their schemas.

import Type from 'typebox';
import type { CallUsage } from '../../contract/thread.ts';

/** Names the sampler's version: the same seed and request repeat under the same fingerprint. */
export const systemFingerprint = 'fp_heddle_1';

const count = Type.Integer({ minimum: 0 });
const details = (...keys: readonly string[]) =>
  Type.Optional(Type.Union([Type.Object(Object.fromEntries(keys.map((key) => [key, Type.Optional(count)]))), Type.Null()]));

export const usageSchema = Type.Object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: details('cached_tokens', 'audio_tokens'),
  completion_tokens_details: details('reasoning_tokens', 'audio_tokens', 'accepted_prediction_tokens', 'rejected_prediction_tokens'),
});

/** Members around the choices, the same in a reply and in each chunk of it. */
export const envelopeFields = {
  id: Type.String(),
  created: Type.Integer({ description: 'Unix seconds.' }),
  model: Type.String({ description: 'The served model.' }),
  system_fingerprint: Type.Optional(Type.Union([Type.String(), Type.Null()])),
};

/** Of a chunk: there only where `include_usage` asked for it, and null but in the last one. */
export const chunkUsageField = Type.Optional(Type.Union([usageSchema, Type.Null()]));

/**
 * Of cached tokens only where the model tells: they are optional in the types of clients and a part of the prompt's, so that nobody adds them,
 * and 0 would tell of a cache that missed.
 */
export function openaiUsage({ promptTokens, completionTokens, cachedTokens }: CallUsage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: cachedTokens === undefined ? {} : { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

export function wantsUsage(body: Readonly<Record<string, unknown>>): boolean {
  const options = body['stream_options'];
  return typeof options === 'object' && options !== null && Reflect.get(options, 'include_usage') === true;
}
