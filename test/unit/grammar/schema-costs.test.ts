// Schemas that are small and would be dear: each is refused, or written, in few steps. A test that hangs has failed.

import { expect, test } from 'vitest';
import { GrammarBudget } from '../../../workers/grammar/grammar-budget.ts';
import { schemaGrammar } from '../../../workers/grammar/schema-grammar.ts';
import { SideRules } from '../../../workers/grammar/side-rules.ts';

const write = (schema: unknown, budget?: GrammarBudget) => schemaGrammar(schema, new SideRules(), budget);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);

test('branches that contain each other are compared once', () => {
  const names = numbered(40).map((index) => `p${index}`);
  const branch = (name: string) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((property) => [property, { $ref: `#/$defs/${name}` }])),
    required: names,
  });
  const schema = { oneOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }], $defs: { a: branch('a'), b: branch('b') } };
  expect(() => write(schema)).toThrow(expect.objectContaining({ path: '.oneOf[1]' }));
});

test('thousands of constants are a oneOf, and one that comes twice is found', () => {
  const branches = numbered(1500).map((value) => ({ const: value }));
  expect(write({ oneOf: branches })).toContain('"1499"');
  expect(() => write({ oneOf: [...branches, { const: 7 }] })).toThrow(expect.objectContaining({ path: '.oneOf[1500]' }));
});

test('too many branches of objects are refused', () => {
  const branches = numbered(1000).map((value) => ({ type: 'object', properties: { kind: { const: value } }, required: ['kind'] }));
  expect(() => write({ oneOf: branches })).toThrow(expect.objectContaining({ message: expect.stringContaining('fewer steps') }));
  expect(write({ oneOf: branches.slice(0, 90) })).toContain('"89"');
});

test('what is written is counted while it is written', () => {
  const pattern = (value: number) => ({ pattern: `[\\u4e00-\\u4e80]{2}${value}[\\u4e00-\\u4e80]` });
  expect(write({ anyOf: numbered(20).map(pattern) })).toContain('root');
  expect(() => write({ anyOf: numbered(10_000).map(pattern) })).toThrow(
    expect.objectContaining({ code: 'unsupported_value', path: expect.stringMatching(/^\.anyOf\[\d+\]/) }),
  );
  expect(() => write({ enum: numbered(100_000).map((value) => `value ${value}`) })).toThrow(
    expect.objectContaining({ path: expect.stringMatching(/^\.enum\[\d+\]$/) }),
  );
});

test('properties that double at each level are refused', () => {
  const levels = numbered(60).map((index) => [
    `l${index}`,
    { anyOf: [{ $ref: `#/$defs/l${index + 1}` }, { $ref: `#/$defs/l${index + 1}` }], minimum: index },
  ]);
  const schema = { $ref: '#/$defs/l0', $defs: { ...Object.fromEntries(levels), l60: { type: 'integer' } } };
  expect(() => write(schema)).toThrow(expect.objectContaining({ message: 'expected a smaller schema or grammar' }));
});

test('a schema merged with itself without end is refused', () => {
  const next = { allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }] };
  const one = { type: 'object', properties: { next: { $ref: '#/$defs/a' } } };
  expect(() => write({ ...next, $defs: { a: one, b: { ...one, title: 'other', properties: { next: { $ref: '#/$defs/b' } } } } })).toThrow(
    expect.objectContaining({ code: 'unsupported_value' }),
  );
});

test('more properties than are taken are refused before any is written', () => {
  const names = numbered(20_000).map((index) => `p${index}`);
  const schema = { properties: Object.fromEntries(names.map((name) => [name, true])), required: names };
  expect(() => write(schema)).toThrow(expect.objectContaining({ path: '.properties' }));
});

test('a budget is one for all that is written with it', () => {
  const budget = new GrammarBudget();
  write({ enum: numbered(1000) }, budget);
  const left = budget.left;
  write({ enum: numbered(1000) }, budget);
  expect(budget.left).toBeLessThan(left);
  expect(() => write({ const: 'a' }, new GrammarBudget(10))).toThrow(expect.objectContaining({ code: 'unsupported_value' }));
});
