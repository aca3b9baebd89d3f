// Schemas as the libraries of clients write them: what is generated under them validates.

import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { afterAll, expect, test } from 'vitest';
import { ConstrainedWalks } from '../../support/constrained-walk.ts';

const walker = new ConstrainedWalks();
afterAll(() => walker.close());

const calendar =
  '(?:(?:\\d\\d[2468][048]|\\d\\d[13579][26]|\\d\\d0[48]|[02468][048]00|[13579][26]00)-02-29|' +
  '\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|(?:02)-(?:0[1-9]|1\\d|2[0-8])))';
const hex = '[0-9a-fA-F]';
const emailPattern = "^(?:[A-Za-z0-9_'+\\-]+\\.)*[A-Za-z0-9_'+\\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";
const object = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const node = {
  type: 'object',
  properties: { value: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }], default: null } },
  required: ['value'],
  title: 'Node',
};

const schemas: Readonly<Record<string, object>> = {
  'a zod object': {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...object({
      a: { type: 'string', minLength: 1, maxLength: 5, description: 'a name' },
      b: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
      c: { type: 'integer', exclusiveMinimum: 0, maximum: 9007199254740991 },
      d: { default: 3, type: 'number' },
      e: { type: 'string', const: 'x' },
      f: { type: 'string', enum: ['p', 'q'] },
      g: { type: ['string', 'null'] },
      h: { readOnly: true, type: 'boolean', examples: [true] },
    }),
  },
  'a format beside the pattern of zod': {
    type: 'array',
    prefixItems: [
      { type: 'string', format: 'date', pattern: `^${calendar}$` },
      {
        type: 'string',
        format: 'date-time',
        pattern: `^${calendar}T(?:(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}(?:Z|([+-](?:[01]\\d|2[0-3]):[0-5]\\d)))$`,
      },
      { type: 'string', format: 'uuid', pattern: `^(${hex}{8}-${hex}{4}-4${hex}{3}-[89abAB]${hex}{3}-${hex}{12})$` },
      { type: 'string', format: 'email', pattern: emailPattern, maxLength: 100 },
    ],
    items: false,
    minItems: 4,
  },
  'a format beside lengths that it has by itself': { type: 'string', format: 'email', minLength: 1, maxLength: 254 },
  'a format without a type': { format: 'date' },
  'a format that says nothing': { type: 'integer', format: 'int64', minimum: 5, maximum: 9 },
  'a record of zod': { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'integer' } },
  'a record of an enum': {
    type: 'object',
    propertyNames: { type: 'string', enum: ['a', 'b'] },
    additionalProperties: { type: 'boolean' },
    required: ['a'],
  },
  'a record whose names have a form': {
    type: 'object',
    propertyNames: { pattern: '^[a-c]{2}$' },
    additionalProperties: { type: 'boolean' },
    minProperties: 1,
    maxProperties: 3,
  },
  'a pattern of properties': { type: 'object', patternProperties: { '^x[0-9]$': { type: 'null' } }, additionalProperties: false },
  'at least one of optional properties': {
    ...object({ a: { type: 'null' }, b: { type: 'null' }, c: { type: 'null' } }, []),
    minProperties: 1,
    maxProperties: 3,
  },
  'a map beside properties without any': { type: 'object', properties: {}, additionalProperties: { type: 'integer' }, minProperties: 1 },
  'an object that is closed otherwise': { type: 'object', unevaluatedProperties: false },
  'a discriminator with a default': {
    discriminator: { propertyName: 'kind', mapping: { cat: '#/$defs/cat', dog: '#/$defs/dog' } },
    oneOf: [{ $ref: '#/$defs/cat' }, { $ref: '#/$defs/dog' }],
    $defs: {
      cat: { type: 'object', properties: { kind: { const: 'cat', default: 'cat', type: 'string' }, lives: { type: 'integer' } } },
      dog: { type: 'object', properties: { kind: { const: 'dog', default: 'dog', type: 'string' }, lives: { type: 'integer' } } },
    },
  },
  'branches of other required properties': { oneOf: [object({ a: { type: 'null' } }), object({ b: { type: 'null' } })] },
  'a $ref with a description': { $ref: '#/$defs/color', description: 'of the car', default: 'red', $defs: { color: { enum: ['red'] } } },
  'a $ref in allOf': { allOf: [{ $ref: '#/$defs/color' }], title: 'Color', $defs: { color: { enum: ['red'], type: 'string' } } },
  'a $ref beside keywords': { $ref: '#/$defs/n', minimum: 3, $defs: { n: { type: 'integer', maximum: 5, minimum: 0 } } },
  'a recursive model': { $ref: '#/$defs/node', $defs: { node } },
  'a recursive schema merged with another': {
    allOf: [{ $ref: '#/$defs/node' }, { required: ['next'], properties: { value: { maximum: 5 } } }],
    $defs: { node },
  },
  'several of allOf': {
    allOf: [
      { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'boolean' } }, required: ['a'] },
      { properties: { a: { minimum: 5, maximum: 7 }, c: { type: 'null' } }, required: ['c', 'b'] },
    ],
    unevaluatedProperties: false,
  },
  'a type beside a union': { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'date' }] },
  'properties beside a union': {
    type: 'object',
    properties: { a: { type: 'null' }, b: { type: 'null' } },
    anyOf: [{ required: ['a'] }, { required: ['b'] }],
  },
  'oneOf beside properties': {
    type: 'object',
    properties: { name: { type: 'null' } },
    required: ['name'],
    oneOf: [
      { properties: { kind: { const: 1 }, size: { type: 'integer' } }, required: ['kind'] },
      { properties: { kind: { const: 2 } }, required: ['kind'] },
    ],
  },
  'whole numbers by multipleOf': { type: 'number', multipleOf: 1, minimum: 0 },
  'constants of objects': { enum: [{ b: [1, { c: '󰀁' }], a: '\ud83d\ude00"' }] },
  'names of marks': object({ 'a󰀀b': { type: 'string', maxLength: 2 } }),
  'names of integers': object({ 2: { type: 'null' }, b: { type: 'null' }, 1: { type: 'null' } }),
  'a deep array': Array.from({ length: 60 }).reduce<object>((items) => ({ type: 'array', items, minItems: 1 }), { type: 'null' }),
  'many optional items': { type: 'array', prefixItems: Array.from({ length: 200 }, () => ({ type: 'null' })), items: false },
};

const olderSchemas: Readonly<Record<string, object>> = {
  'a tuple of draft 7': {
    type: 'array',
    items: [{ type: 'string' }, { type: 'integer' }],
    additionalItems: false,
    minItems: 2,
    maxItems: 2,
  },
  'a tuple with a rest': { type: 'array', items: [{ type: 'null' }], additionalItems: { type: 'boolean' }, minItems: 2 },
  'a map as a list of pairs': {
    type: 'array',
    maxItems: 125,
    items: { type: 'array', items: [{ type: 'string' }, { type: 'number' }], minItems: 2, maxItems: 2 },
  },
  'nullable as OpenAPI has it': object({ a: { type: 'string', nullable: true }, b: { ...object({}), nullable: true } }),
  'definitions of zodResponseFormat': {
    ...object({ first: { $ref: '#/definitions/x_item' }, list: { type: 'array', items: { $ref: '#/definitions/x' } } }),
    definitions: {
      x_item: { type: ['string', 'number'] },
      x: object({ value: { $ref: '#/definitions/x_item' }, next: { anyOf: [{ $ref: '#/definitions/x' }, { type: 'null' }] } }),
    },
    $schema: 'http://json-schema.org/draft-07/schema#',
  },
};

async function validates(ajv: Ajv, schema: object): Promise<void> {
  const isValid = ajvFormats.default(ajv).compile(schema);
  for (const seed of [1, 2, 3]) {
    const text = await walker.walk({ kind: 'jsonSchema', schema }, seed);
    expect(isValid(JSON.parse(text)), text).toBe(true);
  }
}

for (const [name, schema] of Object.entries(schemas)) {
  test(`text under ${name} validates`, () => validates(new Ajv2020({ strict: false, validateFormats: true }), schema), 60_000);
}

for (const [name, schema] of Object.entries(olderSchemas)) {
  test(`text under ${name} validates by draft 7`, () => validates(new Ajv({ strict: false }), schema), 60_000);
}

/** Whether the whole text may be written. */

test('a bound that is excluded by a boolean is kept to', async () => {
  const schema = { type: 'integer', minimum: 0, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false };
  for (const [text, isTaken] of [
    ['0', false],
    ['1', true],
    ['2', true],
  ] as const) {
    expect(await walker.accepts({ kind: 'jsonSchema', schema }, text), text).toBe(isTaken);
  }
}, 60_000);

test('nullable beside a type allows null', async () => {
  expect(await walker.accepts({ kind: 'jsonSchema', schema: { type: 'string', nullable: true } }, 'null')).toBe(true);
  expect(
    await walker.accepts({ kind: 'jsonSchema', schema: { allOf: [{ type: 'string', nullable: true }, { type: 'string' }] } }, 'null'),
  ).toBe(false);
}, 60_000);

test('constants have one space after commas and colons', async () => {
  expect(await walker.walk({ kind: 'jsonSchema', schema: { const: { a: [1, { b: null }], c: {} } } }, 1)).toBe(
    '{"a": [1, {"b": null}], "c": {}}',
  );
}, 60_000);

test('an object that declares no properties is empty, unless additionalProperties says otherwise', async () => {
  const fits = (schema: object, text: string) => walker.accepts({ kind: 'jsonSchema', schema }, text);
  expect(await fits({ type: 'object', properties: {} }, '{"a": 1}')).toBe(false);
  expect(await fits({ type: 'object', properties: {} }, '{}')).toBe(true);
  expect(await fits({ type: 'object', properties: {}, additionalProperties: true }, '{"a": 1}')).toBe(true);
  expect(await fits({ type: 'object' }, '{"a": 1}')).toBe(true);
}, 60_000);

test('a choice is one of its texts, whatever they hold', async () => {
  const choices = ['a.b', '(c|d)', '"é"\\\n', 'ab'];
  for (const seed of [1, 2, 3]) expect(choices).toContain(await walker.walk({ kind: 'choice', choices }, seed));
  for (const choice of choices) expect(await walker.accepts({ kind: 'choice', choices }, choice)).toBe(true);
  expect(await walker.accepts({ kind: 'choice', choices }, 'axb')).toBe(false);
}, 60_000);

test('a thousand long choices are taken', async () => {
  const choices = Array.from(
    { length: 1000 },
    (_, index) => `choice ${index} of words that are told in some more words, ${'x'.repeat(50)}`,
  );
  expect(choices).toContain(await walker.walk({ kind: 'choice', choices }, 4));
}, 60_000);

test('arguments of a tool are an object, however its parameters say so', async () => {
  const point = object({ x: { type: 'null' } });
  const forms: object[] = [
    { $ref: '#/definitions/point', definitions: { point } },
    { anyOf: [point, object({ y: { type: 'null' } })] },
    { properties: { x: { type: 'null' } }, required: ['x'] },
    { type: ['object', 'null'], properties: { x: { type: 'null' } }, required: ['x'] },
    { allOf: [{ properties: { x: { type: 'null' } } }, { required: ['x'] }] },
    {},
  ];
  for (const parameters of forms) {
    const text = await walker.walk({ kind: 'tools', tools: [{ name: 'f', parameters }], parallel: false }, 2);
    const [, json = ''] = /^<tool_call>\n(.*)\n<\/tool_call>$/.exec(text) ?? [];
    expect(JSON.parse(json), text).toMatchObject({ name: 'f', arguments: expect.any(Object) });
  }
}, 60_000);
