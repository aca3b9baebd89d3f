// In development, what a model writes in a route's own form is held to the route's schema, so that a slip shows before a client has it.

import type { MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';
import { checkSchema } from './check.ts';

/**
 * `json`: the result as it is going to be sent.
 * Throws: InferenceError `invalid_result` with the method and the path of the wrong member. It holds types, never text of a user.
 */
export function checkResult(method: MethodName, schema: object, json: string): void {
  try {
    checkSchema(schema, JSON.parse(json));
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    throw new InferenceError('invalid_result', `the result of ${method} does not fit its route: ${error.message}`);
  }
}
