// Token counts and the fingerprint as the chat and completion routes write them.

import type { CallUsage } from '../../contract/thread.ts';

/** Names the sampler's version: the same seed and request repeat under the same fingerprint. */
export const systemFingerprint = 'fp_heddle_1';

export function openaiUsage({ promptTokens, completionTokens }: CallUsage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

export function wantsUsage(body: Readonly<Record<string, unknown>>): boolean {
  const options = body['stream_options'];
  return typeof options === 'object' && options !== null && Reflect.get(options, 'include_usage') === true;
}
