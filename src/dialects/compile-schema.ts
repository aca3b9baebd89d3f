// Compiles JSON Schemas, each once.

import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

// A memo, not state: the same schema always compiles to the same validator, and it goes when the schema goes.
const compiled = new WeakMap<object, Validator>();

/** Compiles a schema, once. Throws: whatever is wrong with the schema itself. */
export function compileSchema(schema: object): Validator {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validator: Validator = Compile(schema as TSchema); // any object is a schema to TypeBox
  compiled.set(schema, validator);
  return validator;
}
