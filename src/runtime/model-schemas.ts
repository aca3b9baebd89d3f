// The model's own `static schemas`, applied after the dialect's.

import { InferenceError } from '../core/errors.ts';
import { checkSchema } from '../dialects/check.ts';
import { compileSchema } from '../dialects/compile-schema.ts';

/** Throws: the problem of the body, with the path of the field. */
export type InputCheck = (body: unknown) => void;

/** Compiled once per model and method. Throws: invalid_model when the schema itself cannot be compiled. */
export function inputCheck(schema: object): InputCheck {
  try {
    compileSchema(schema);
  } catch (error) {
    throw new InferenceError('invalid_model', 'expected a JSON Schema in `static schemas`', { cause: error });
  }
  return (body) => checkSchema(schema, body);
}
