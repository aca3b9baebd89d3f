// The reply of the routes that count a prompt.

import type { Framed } from '../contract/dialect.ts';
import type { MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';
import { describe } from './check.ts';
import { jsonReply } from './json-reply.ts';

/** Throws: InferenceError `invalid_result` where the class gave no count. */
export async function frameCount(method: MethodName, result: unknown, head: object): Promise<Framed> {
  if (typeof result !== 'number' || !Number.isSafeInteger(result) || result < 0)
    throw new InferenceError('invalid_result', `expected countTokens to return a count, got ${describe(result)}`);
  return jsonReply(method, { ...head, input_tokens: result });
}
