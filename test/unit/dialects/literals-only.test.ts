import { expect, test } from 'vitest';
import { checkSchema } from '../../../src/dialects/check.ts';
import { literalsOnly } from '../../../src/dialects/literals-only.ts';
import { refusal } from './framing.ts';

const words = { enum: ['a', 'b'] };
const text = { type: 'string' };
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

test.each([
  [words, ''],
  [object({ role: words }), '/role'],
  [{ anyOf: [words, object({ name: text })] }, ''],
  [{ anyOf: [text, { type: 'array', items: object({ kind: words }) }] }, '/0/kind'],
  [{ anyOf: [object({ kind: { const: 'a' } }), object({ kind: { const: 'b' } })] }, '/kind'],
  [object({ 'a/b': words }), '/a~1b'],
  [object({}, { additionalProperties: words }), '/any'],
])('%j takes words alone at %j', (schema, place) => {
  expect(literalsOnly(schema, place)).toBe(true);
});

test.each([
  [text, ''],
  [true, ''],
  [{}, ''],
  [{ type: ['string', 'null'] }, ''],
  [{ anyOf: [words, text] }, ''],
  [{ anyOf: [words, {}] }, ''],
  [{ anyOf: [object({ kind: words }), object({ kind: text })] }, '/kind'],
  [{ anyOf: [object({ kind: words }), object({ n: text })] }, '/kind'],
  [{ anyOf: [object({ kind: words }), { type: 'array', items: text }] }, '/kind'],
  [{ anyOf: [object({ kind: words }), { $ref: '#/$defs/open' }] }, '/kind'],
  [{ allOf: [object({ kind: words })] }, '/kind'],
  [{ prefixItems: [words], items: text }, '/0'],
  [object({}), '/any'],
])('%j may take a text at %j', (schema, place) => {
  expect(literalsOnly(schema, place)).toBe(false);
});

test('a text that one branch takes is not repeated because another has words there', () => {
  const free = object({ note: text, n: { type: 'number' } }, { required: ['n'] });
  const fixed = object({ note: words, n: text }, { required: ['n'] });
  const error = refusal(() => checkSchema({ anyOf: [fixed, free] }, { note: 'my secret', n: true }, { repeatsWords: true }));
  expect(error).toMatchObject({ status: 400 });
  expect(String(error)).not.toContain('secret');
});
