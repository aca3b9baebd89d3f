import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { checkSchema } from '../../../src/dialects/check.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { refusal } from './framing.ts';

const refused = (method: MethodName, body: unknown) => refusal(() => dialectFor(method).check(body));
const unfit = (schema: object, value: unknown) => refusal(() => checkSchema(schema, value));
const many = <T>(count: number, item: T): T[] => new Array<T>(count).fill(item);

test.each([
  [[...many(20, 1), 'x'], 'invalid_type', 'input[20]', 'expected input[20] to be integer, got string'],
  [[...many(20, [1]), ['x']], 'invalid_type', 'input[20][0]', 'expected input[20][0] to be integer, got string'],
  [[...many(20, 'a'), 3], 'invalid_type', 'input[20]', 'expected input[20] to be string, got 3'],
  [[-1], 'invalid_value', 'input[0]', 'expected input[0] to be >= 0, got -1'],
  [[[1], []], 'invalid_value', 'input[1]', 'expected input[1] to be at least 1 item long, got 0 items'],
  [[{}], 'invalid_type', 'input[0]', 'expected input[0] to be string or integer or array, got object'],
] as const)('embeddings blame the item that is wrong in %j', (input, code, param, message) => {
  expect(refused('embeddings', { input })).toMatchObject({ code, param, message });
});

test.each([
  ['completions', { prompt: many(262_145, 1) }, 'prompt'],
  ['completions', { prompt: [many(262_145, 1)] }, 'prompt[0]'],
  ['completions', { prompt: many(2049, 'a') }, 'prompt'],
  ['completions', { prompt: many(1_000_000, {}) }, 'prompt'],
  ['embeddings', { input: many(262_145, 1) }, 'input'],
  ['embeddings', { input: [[1], many(262_145, 1)] }, 'input[1]'],
  ['chatCompletions', { messages: many(100_001, {}) }, 'messages'],
  ['chatCompletions', { messages: [{ role: 'user', content: many(10_001, {}) }] }, 'messages[0].content'],
  ['responses', { input: many(100_001, {}) }, 'input'],
  ['responses', { input: [{ role: 'user', content: many(10_001, {}) }] }, 'input[0].content'],
  ['messages', { max_tokens: 1, messages: many(100_001, {}) }, 'messages'],
  ['messages', { max_tokens: 1, messages: [], system: many(10_001, {}) }, 'system'],
] as const)('%s refuses a list that is too long at its length', (method, body, param) => {
  expect(refused(method, body)).toMatchObject({ code: 'invalid_value', param, message: expect.stringMatching(/at most \d+ items long/) });
});

test('the longest lists pass', () => {
  for (const prompt of [many(262_144, 1), [many(262_144, 1)]]) expect(refused('completions', { prompt })).toBeUndefined();
});

test('no item of a list that is too long is looked at', () => {
  let looks = 0;
  const watched = watch(many(262_145, 1), () => {
    looks += 1;
  });
  expect(refused('completions', { prompt: watched })).toMatchObject({ param: 'prompt' });
  // The first item chooses the branch, once for each; nothing grows with the list.
  expect(looks).toBeLessThan(10);
});

test('of a million wrong items none is looked at after the first, whatever the union', () => {
  let looks = 0;
  const watched = watch(many(1_000_000, {}), () => {
    looks += 1;
  });
  const list = (type: string) => ({ type: 'array', items: { type } });
  const schema = {
    type: 'object',
    properties: { list: { anyOf: [list('string'), list('integer'), { type: 'array', items: list('integer') }] } },
  };
  expect(unfit(schema, { list: watched })).toMatchObject({ code: 'invalid_type', param: 'list[0]' });
  expect(looks).toBeLessThan(50);
});

test('a wrong item late in a long list costs one look per item and check', () => {
  let looks = 0;
  const watched = watch([...many(100_000, 1), 'x'], () => {
    looks += 1;
  });
  expect(refused('embeddings', { input: watched })).toMatchObject({ param: 'input[100000]' });
  expect(looks).toBeLessThan(1_000_000);
});

test.each([
  [{ type: 'array', items: { type: 'array', items: { type: 'number' } } }, [...many(30, [1]), [1, 'x']], '[30][1]', 'invalid_type'],
  [{ type: 'object', additionalProperties: false, properties: { a: {} } }, { a: 1, 'b/c': 2 }, 'b/c', 'unknown_parameter'],
  [{ properties: { a: { prefixItems: [{ type: 'string' }], items: { type: 'number' } } } }, { a: ['x', 1, 'y'] }, 'a[2]', 'invalid_type'],
  [{ patternProperties: { '^n': { type: 'number' } }, additionalProperties: { type: 'string' } }, { n1: 1, s: 2 }, 's', 'invalid_type'],
  [{ allOf: [{ required: ['a'] }, { properties: { b: { minItems: 2, type: 'array' } } }] }, { a: 1, b: [1] }, 'b', 'invalid_value'],
  [
    { $defs: { row: { type: 'array', items: { $ref: '#/$defs/cell' } }, cell: { type: 'integer' } }, items: { $ref: '#/$defs/row' } },
    [...many(30, [1]), [2, 'x']],
    '[30][1]',
    'invalid_type',
  ],
  [
    { items: { anyOf: [{ properties: { kind: { const: 'a' }, x: { type: 'number' } } }, { properties: { kind: { const: 'b' } } }] } },
    [...many(30, { kind: 'b' }), { kind: 'a', x: 'no' }],
    '[30].x',
    'invalid_type',
  ],
  [{ properties: { a: { $ref: '#/properties/b' }, b: { type: 'string' } } }, { a: 1 }, 'a', 'invalid_type'],
] as const)('a schema of the user finds the place in %j', (schema, value, param, code) => {
  expect(unfit(schema, value)).toMatchObject({ code, param });
});

test.each([
  ['chatCompletions', { response_format: { type: 'json' } }, 'response_format.type', '["text","json_object","json_schema"]'],
  ['completions', { response_format: { type: 'regex', pattern: 'a' } }, 'response_format.type', '["text","json_object","json_schema"]'],
  ['chatCompletions', { tool_choice: { type: 'tool', name: 'a' } }, 'tool_choice.type', '["function","allowed_tools"]'],
] as const)('a union of %s lists every type that it takes for %j', (method, body, param, types) => {
  const whole = method === 'completions' ? { prompt: 'a', ...body } : { messages: [{ role: 'user', content: 'hi' }], ...body };
  expect(refused(method, whole)).toMatchObject({ param, message: expect.stringContaining(` to be one of ${types}, got `) });
});

test.each([
  [{ type: 'allowed_tools' }, 'tool_choice.allowed_tools'],
  [{ type: 'function' }, 'tool_choice.function'],
] as const)('what %j lacks is told by the type that it names', (tool_choice, param) => {
  const body = { messages: [{ role: 'user', content: 'hi' }], tool_choice };
  expect(refused('chatCompletions', body)).toMatchObject({ code: 'missing_required_parameter', param });
});

test('a type that is the only one is told before what its object lacks', () => {
  const body = { max_tokens: 1, messages: [{ role: 'user', content: 'hi' }], output_config: { format: { type: 'json_object' } } };
  expect(refused('messages', body)).toMatchObject({
    code: 'invalid_value',
    message: 'expected output_config.format.type to be "json_schema", got "json_object"',
  });
});

test('a schema of the user may tell its branches apart through references', () => {
  const branch = (kind: string, more: object) => ({
    type: 'object',
    properties: { kind: { const: kind }, ...more },
    required: ['kind', 'n'],
  });
  const schema = {
    $defs: { a: branch('a', { n: { type: 'number' } }), b: branch('b', { n: { type: 'string' } }) },
    oneOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
  };
  expect(unfit(schema, { kind: 'c' })).toMatchObject({ param: 'kind', message: expect.stringContaining('["a","b"]') });
  expect(unfit(schema, { kind: 'b' })).toMatchObject({ code: 'missing_required_parameter', param: 'n' });
  expect(unfit(schema, { kind: 'b', n: 1 })).toMatchObject({ message: 'expected n to be string, got 1' });
});

test('a keyword that needs the whole of a long list blames the list', () => {
  const schema = { properties: { list: { type: 'array', uniqueItems: true } } };
  expect(unfit(schema, { list: many(5000, 1) })).toMatchObject({
    code: 'invalid_value',
    param: 'list',
    message: 'expected list to be valid by its schema, got array',
  });
});

test('a union that nests deep by reference blames the member that is wrong, and no parent of it', () => {
  const kind = (name: string, more: object) => ({ type: 'object', properties: { kind: { const: name }, ...more }, required: ['kind'] });
  const inner = kind('inner', { next: { $ref: '#/$defs/node' } });
  const node = { anyOf: [{ $ref: '#/$defs/inner' }, { $ref: '#/$defs/leaf' }] };
  const schema = { $defs: { node, inner, leaf: kind('leaf', { n: { type: 'number' } }) }, $ref: '#/$defs/node' };
  const value = Array.from({ length: 60 }).reduce<object>((next) => ({ kind: 'inner', next }), { kind: 'leaf', n: 'x' });
  expect(unfit(schema, value)).toMatchObject({ code: 'invalid_type', param: `${'next.'.repeat(60)}n` });
});

test('unions that nest by reference end', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
  const schema = { $defs: { node: { anyOf: [node, { ...node, required: ['next'] }] } }, $ref: '#/$defs/node' };
  let value: unknown = { next: 'x' };
  for (let depth = 0; depth < 12; depth += 1) value = { next: value };
  expect(unfit(schema, value)).toMatchObject({ status: 400 });
});

function watch<T>(list: readonly T[], onLook: () => void): readonly T[] {
  return new Proxy(list, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d/.test(key)) onLook();
      return Reflect.get(target, key, receiver);
    },
  });
}
