import Type from 'typebox';
import { expect, test } from 'vitest';
import { jsonSchemaOf } from '../../../workers/host/json-schema-of.ts';

test('JSON Schema stays, without what is not data', () => {
  const built = { ...Type.Object({ text: Type.String() }), check: () => true, [Symbol('kind')]: 'Object' };
  expect(jsonSchemaOf(built, 'input', 'here')).toEqual({
    type: 'object',
    required: ['text'],
    properties: { text: { type: 'string' } },
  });
});

test('a library that can write JSON Schema is asked for the side and the draft', () => {
  const asked: unknown[] = [];
  const side = (name: string) => (options: unknown) => {
    asked.push([name, options]);
    return { type: name };
  };
  const schema = { '~standard': { version: 1, vendor: 'some', jsonSchema: { input: side('input'), output: side('output') } } };
  expect(jsonSchemaOf(schema, 'output', 'here')).toEqual({ type: 'output' });
  expect(asked).toEqual([['output', { target: 'draft-2020-12' }]]);
});

test('a schema without a JSON form is refused by its library and place', () => {
  const schema = { '~standard': { version: 1, vendor: 'some', validate: () => ({}) } };
  const message = 'expected JSON Schema in static schemas, predict.input, found a schema of some that has no such form';
  expect(() => jsonSchemaOf(schema, 'input', 'static schemas, predict.input')).toThrow(message);
});

test('what is no schema at all is refused', () => {
  for (const wrong of [null, 'string', 5, true]) expect(() => jsonSchemaOf(wrong, 'input', 'here')).toThrow('expected JSON Schema in here');
});
