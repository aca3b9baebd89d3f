// The checks every JSON route shares, in their order: an object, no list too long, nulls away, the schema.

import type { CheckedBody } from '../contract/dialect.ts';
import type { MethodName } from '../contract/methods.ts';
import { InferenceError } from '../core/errors.ts';
import { checkLengths, checkSchema, describe } from './check.ts';
import { dropNulls } from './nulls.ts';

// The routes that read the field. Elsewhere it is a key that no API knows, or a hint.
const withStreamOptions: ReadonlySet<MethodName> = new Set(['chatCompletions', 'completions']);

/** Throws: InferenceError with the path in `param`. */
export function checkBody(method: MethodName, schema: object, body: unknown): CheckedBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InferenceError('invalid_type', `expected the body to be object, got ${describe(body)}`);
  }
  checkLengths(schema, body); // Before the first walk through everything.
  const kept = dropNulls(body) as CheckedBody; // An object stays one.
  checkSchema(schema, kept, { repeatsWords: true });
  if (withStreamOptions.has(method) && kept['stream_options'] !== undefined && kept['stream'] !== true) {
    throw new InferenceError('invalid_value', 'expected stream_options only where stream is true', { param: 'stream_options' });
  }
  return kept;
}
