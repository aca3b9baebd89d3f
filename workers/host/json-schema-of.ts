// A schema that a class declares, as plain JSON Schema: schema libraries have forms of their own, which cannot cross threads.

import { InferenceError } from '../../src/core/errors.ts';

/**
 * The schema as data. Takes JSON Schema itself (TypeBox builds it), or an object of a library that can write it.
 * Throws: invalid_model naming `where`. Source: Standard JSON Schema, `~standard.jsonSchema`.
 */
export function jsonSchemaOf(schema: unknown, side: 'input' | 'output', where: string): object {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null)
    throw new InferenceError('invalid_model', `expected JSON Schema in ${where}, found ${schema === null ? 'null' : typeof schema}`);
  const standard: unknown = Reflect.get(schema, '~standard');
  const written = standard === undefined ? schema : written2020(standard, side, where);
  // JSON text and back drops what is not JSON Schema, such as symbols and functions of a builder.
  return JSON.parse(JSON.stringify(written)) as object; // of an object
}

function written2020(standard: unknown, side: 'input' | 'output', where: string): object {
  const { vendor, jsonSchema } = Object(standard) as Readonly<Record<string, unknown>>; // each is looked at before use
  const write: unknown = Object(jsonSchema)[side];
  if (typeof write !== 'function') {
    const name = typeof vendor === 'string' ? vendor : 'its library';
    throw new InferenceError('invalid_model', `expected JSON Schema in ${where}, found a schema of ${name} that has no such form`);
  }
  const written: unknown = write.call(jsonSchema, { target: 'draft-2020-12' });
  if (typeof written === 'object' && written !== null) return written;
  throw new InferenceError('invalid_model', `expected JSON Schema in ${where}, found ${typeof written}`);
}
