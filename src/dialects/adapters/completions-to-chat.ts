// A body of `/v1/completions` as a body of `/v1/chat/completions`: the prompt becomes the one message of a user.

import type { CheckedBody } from '../../contract/dialect.ts';
import { defaultMaxTokens } from '../openai/completions-request.ts';
import { defined, refuse, streamOf } from './chat-turns.ts';
import { sharedFields } from './shared-fields.ts';

/** Throws: InferenceError `unsupported_value` naming what a chat cannot say. */
export function completionsToChat(body: CheckedBody): CheckedBody {
  const { logprobs, best_of: bestOf, n = 1, echo, suffix, max_tokens: maxTokens } = body;
  if (echo === true) refuse('echo', 'false or absent');
  if (suffix !== undefined && suffix !== '') refuse('suffix', 'empty or absent');
  // As many as are kept is no choice at all.
  if (bestOf !== undefined && bestOf !== n) refuse('best_of', 'the same as n, or absent');
  if (maxTokens === 0) refuse('max_tokens', 'at least 1');
  const told = typeof logprobs === 'number';
  return defined({
    ...sharedFields(body),
    messages: [{ role: 'user', content: promptText(body['prompt']) }],
    max_completion_tokens: maxTokens ?? defaultMaxTokens,
    n: body['n'],
    stop: body['stop'],
    logprobs: told ? true : undefined,
    top_logprobs: told && logprobs > 0 ? logprobs : undefined,
    response_format: body['response_format'],
    ...streamOf(body['stream']),
  });
}

function promptText(prompt: unknown): string {
  const [only, ...more]: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt];
  if (typeof only === 'string' && more.length === 0) return only;
  return refuse('prompt', 'one string');
}
