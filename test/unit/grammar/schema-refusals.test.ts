// What a schema may not say is refused by its path; nothing is left out in silence.

import { expect, test } from 'vitest';
import { GrammarProblem } from '../../../workers/grammar/grammar-problem.ts';
import { choiceGrammar } from '../../../workers/grammar/choice-grammar.ts';
import { regexGrammar } from '../../../workers/grammar/regex-grammar.ts';
import { schemaGrammar } from '../../../workers/grammar/schema-grammar.ts';
import { SideRules } from '../../../workers/grammar/side-rules.ts';
import { toolGrammar } from '../../../workers/grammar/tool-grammar.ts';

const loop = { type: 'object', properties: { next: { $ref: '#/$defs/n' } }, required: ['next'] };
const kind = (value: unknown) => ({ type: 'object', properties: { kind: { const: value } }, required: ['kind'] });

const refused: readonly (readonly [string, unknown, string])[] = [
  ['a format beside a length', { type: 'string', format: 'date', maxLength: 5 }, '.maxLength'],
  ['a format beside a least length', { type: 'string', format: 'email', minLength: 30 }, '.minLength'],
  ['a format beside another pattern', { type: 'string', format: 'date', pattern: '^2' }, '.pattern'],
  ['a format beside a pattern of another format', { format: 'hostname', pattern: '^(?:[a-z]+)$' }, '.pattern'],
  ['a pattern beside a length', { pattern: 'a', minLength: 3 }, '.minLength'],
  ['a format beside an enum', { enum: ['2020-02-02'], format: 'date' }, '.format'],
  ['an infinite constant', { const: { a: [Number.POSITIVE_INFINITY] } }, '.const'],
  ['a whole number that was rounded', { enum: [1, 2 ** 53] }, '.enum[1]'],
  ['a constant that is very deep', { const: JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) }, '.const'],
  ['a $ref that is no encoded pointer', { $ref: '#/%' }, '.$ref'],
  ['a $ref to nothing', { $ref: '#/$defs/none', $defs: {} }, '.$ref'],
  ['a $ref out of the schema', { items: { $ref: 'https://example.com/a' } }, '.items.$ref'],
  ['a $ref to itself', { $ref: '#' }, '.$ref'],
  ['a $ref to itself through allOf', { allOf: [{ $ref: '#' }, { minimum: 3 }] }, '.allOf[0].$ref'],
  ['required properties without an end', { properties: { list: { $ref: '#/$defs/n' } }, $defs: { n: loop } }, '.properties.list.$ref'],
  ['items without an end', { type: 'array', items: { $ref: '#' }, minItems: 1 }, '.items.$ref'],
  ['a union without an end', { $ref: '#/$defs/n', $defs: { n: { anyOf: [loop, { allOf: [{ $ref: '#/$defs/n' }] }] } } }, '.$ref'],
  ['sets', { type: 'array', uniqueItems: true }, '.uniqueItems'],
  ['multiples', { type: 'integer', multipleOf: 5 }, '.multipleOf'],
  ['negation', { not: {} }, '.not'],
  ['false', { items: false, minItems: 1 }, '.minItems'],
  ['a property that is false', { properties: { a: false } }, '.properties.a'],
  ['branches that share an object', { oneOf: [{ const: { a: 1, b: 2 } }, { const: { b: 2, a: 1 } }] }, '.oneOf[1]'],
  ['branches that share null', { oneOf: [1, 2].map((one) => ({ ...kind(one), type: ['object', 'null'] })) }, '.oneOf[1]'],
  ['branches of which one takes any other type', { oneOf: [{ type: 'integer' }, { minLength: 1 }] }, '.oneOf[1]'],
  ['branches that share properties', { oneOf: [kind('a'), { ...kind('b'), required: [], properties: {} }] }, '.oneOf[1]'],
  ['types that do not meet', { allOf: [{ type: 'string' }, { type: 'integer' }] }, '.type'],
  ['properties that another schema forbids', { allOf: [{ properties: {}, additionalProperties: false }, kind('a')] }, '.required'],
  ['two patterns', { allOf: [{ pattern: 'a' }, { pattern: 'b' }] }, '.pattern'],
  ['two unions', { allOf: [{ anyOf: [{ type: 'null' }] }, { anyOf: [{ type: 'string' }] }] }, '.anyOf'],
  [
    'unevaluated properties of a part',
    { allOf: [{ $ref: '#/$defs/n', unevaluatedProperties: false }, {}], $defs: { n: {} } },
    '.allOf[0].unevaluatedProperties',
  ],
  ['patterns of properties beside others', { patternProperties: { '^a': {} }, properties: { b: {} } }, '.patternProperties'],
  ['names beside properties', { propertyNames: { maxLength: 3 }, properties: { b: {} } }, '.propertyNames'],
  ['a count of properties', { type: 'object', minProperties: 2 }, '.minProperties'],
  ['fewer properties than are declared', { properties: { a: {}, b: {} }, maxProperties: 1 }, '.maxProperties'],
  ['required properties that are not declared', { type: 'object', required: ['a'] }, '.required'],
  ['keywords of several types', { minimum: 3, minLength: 3 }, '.type'],
  ['more places of a tuple than the library reads', { prefixItems: Array.from({ length: 6000 }, () => true) }, '.prefixItems'],
  ['bounds without a number', { type: 'integer', minimum: 3, maximum: 2 }, ''],
  ['a format that is no text', { format: { toString: 1 } }, '.format'],
  ['an enum of nothing', { properties: { a: { enum: [] } } }, '.properties.a.enum'],
  ['a type that is unknown', { type: 'text' }, '.type'],
  ['properties that are no object', { properties: [] }, '.properties'],
];

for (const [name, schema, path] of refused) {
  test(`${name}: refused by its path, which the message tells too`, () => {
    const { path: found, message } = problemOf(() => schemaGrammar(schema, new SideRules()));
    expect(found).toBe(path);
    expect(message).toMatch(/^expected /);
    if (path !== '') expect(message.split('; ')[0]?.endsWith(`, at ${path.slice(1)}`)).toBe(true);
  });
}

test.each([
  [
    { uniqueItems: true },
    'expected a keyword that a grammar can enforce, got "uniqueItems", at uniqueItems; leave it out, and check the answer',
  ],
  [{ items: { if: {} } }, 'expected a keyword that a grammar can enforce, got "if", at items.if; use anyOf, with a branch for each case'],
  [{ requird: [] }, 'got "requird", at requird; did you mean required'],
  [{ req: [] }, 'got "req", at req; leave it out'],
  [{ itms: {} }, 'got "itms", at itms; did you mean items'],
  [{ constructor: 1 }, 'got "constructor", at constructor; leave it out'],
  [{ type: 'integer', multipleOf: 5 }, 'expected multipleOf to be 1, for whole numbers, got 5, at multipleOf'],
  [{ pattern: 'a', minLength: 3 }, 'expected no minLength beside pattern, at minLength; say the length in the pattern'],
  [{ pattern: 'a', maxLength: 3 }, 'expected no maxLength beside pattern'],
  [{ format: 'date', maxLength: 3 }, 'expected no maxLength beside the format "date"'],
  [{ enum: [] }, 'expected enum to be an array that is not empty, got an empty one, at enum'],
  [{ anyOf: [] }, 'expected anyOf to be an array that is not empty, got an empty one, at anyOf'],
  [{ enum: 5 }, 'expected enum to be an array that is not empty, got 5, at enum'],
  [{ enum: ['a'], pattern: 'a' }, 'expected no pattern beside enum'],
  [{ allOf: [{ pattern: 'a' }, { pattern: 'b' }] }, 'expected one pattern in the schemas that allOf, $ref or a union join, got two'],
  [{ allOf: [{ type: 'string' }, { type: 'null' }] }, 'got string and null'],
  [{ required: ['a\n'], type: 'object' }, 'expected the required property "a\\n" to be declared'],
  [{ items: 5 }, 'expected items to be a schema, or a list of schemas as in prefixItems, got 5'],
  [{ items: Array.from({ length: 300 }, () => true) }, 'expected prefixItems, or items as a list, of at most 256 schemas, got 300'],
  [{ type: 'array', minItems: 3, maxItems: 1 }, 'expected minItems up to maxItems, which is 1, got 3'],
  [{ type: 'text' }, 'expected type to be one of null, boolean, integer, number, string, array, object, got "text"'],
  [{ properties: { 'a\u2028b': { not: {} } } }, 'at properties.a\\u2028b.not'],
  [{ properties: { p: { pattern: '(a' } } }, 'got one with: Unterminated group, at properties.p.pattern'],
])('%j is told what to do', (schema, message) => {
  expect(problemOf(() => schemaGrammar(schema, new SideRules())).message).toContain(message);
});

test('the path of a refusal is of one line, whatever the names in it', () => {
  const { path } = problemOf(() => schemaGrammar({ properties: { 'a\n\u202eb': { not: {} } } }, new SideRules()));
  expect(path).toBe(String.raw`.properties.a\u000a\u202eb.not`);
});

test('the message tells both ends of a long path', () => {
  const deep = Array.from({ length: 20 }).reduce<object>((inner) => ({ properties: { ['n'.repeat(60)]: inner } }), { not: {} });
  const { message } = problemOf(() => schemaGrammar(deep, new SideRules()));
  expect(message.length).toBeLessThan(400);
  expect(message).toMatch(/, at properties\.n.*….*\.not; /);
});

test.each([
  ['(abc', 'Unterminated group'],
  ['[[a', 'Unterminated character class'],
  ['a/u: b(', 'Unterminated group'],
  ['a(?=b)', 'expected a pattern with plain and (?:…) groups only, got "(?=" at character 2'],
  ['é\\bc', 'got "\\\\b" at character 2'],
  ['a^b', 'expected a pattern with ^ at its beginning and $ at its end only, got "^" at character 2'],
  ['a{2000}', 'expected at most 1000 repetitions of one part of a pattern, got "{2000}"'],
])('the pattern %s is refused with what is wrong in it', (pattern, message) => {
  expect(problemOf(() => regexGrammar(pattern, false, new SideRules())).message).toContain(message);
});

test.each([
  ['(?i:a)', '"(?i" at character 1'],
  ['(?<a>x)|(?<a>y)', '"(?<" at character 1'],
  ['é[(?=](?-i:a)', '"(?-" at character 7'],
  ['\\(?(?!a)', '"(?!" at character 4'],
  ['[]](?=a)', '"(?=" at character 4'],
  ['(?=a', '"(?=" at character 1'],
  ['a\\p{Script=Unheard}', '"\\\\p" at character 2'],
  ['[^\\P{L}]', '"\\\\P" at character 3'],
])('the pattern %s has one code, whatever the engine knows of it', (pattern, came) => {
  const { code, message } = problemOf(() => regexGrammar(pattern, false, new SideRules()));
  expect([code, message]).toEqual(['unsupported_value', expect.stringContaining(`got ${came}`)]);
});

test('what looks like a group inside of a class or behind a backslash is none', () => {
  for (const pattern of ['[(?=a]', '\\(?=a', '[\\](?!]', '(?:a[?](?:b))']) {
    expect(regexGrammar(pattern, false, new SideRules()), pattern).toMatch(/^\(/);
  }
});

test('a name with many dots is no depth', () => {
  expect(schemaGrammar({ properties: { ['a.'.repeat(200)]: { type: 'null' } } }, new SideRules())).toContain('a.a.a.');
});

test('a schema that is very deep is refused, and its path is cut', () => {
  const deep = Array.from({ length: 400 }).reduce<object>((inner) => ({ properties: { ['n'.repeat(100)]: inner } }), {});
  const { code, path } = problemOf(() => schemaGrammar(deep, new SideRules()));
  expect(code).toBe('unsupported_value');
  expect(path.length).toBeLessThan(600);
});

test('arguments of a tool that are no object are refused by their path', () => {
  for (const [parameters, path] of [
    [{ type: 'string' }, '.type'],
    [{ anyOf: [{ type: 'object' }, { type: 'string' }] }, '.anyOf[1].type'],
    [{ enum: [1] }, '.enum'],
    [{ $ref: '#/$defs/a', $defs: { a: { type: 'null' } } }, '.type'],
  ] as const) {
    const grammar = () =>
      toolGrammar({ kind: 'tools', tools: [{ name: 'f' }, { name: 'g', parameters }], parallel: true }, new SideRules());
    expect(problemOf(grammar), JSON.stringify(parameters)).toMatchObject({ path: `[1].function.parameters${path}` });
  }
});

test('a choice of half a character, or of one that marks lengths, is refused by its place', () => {
  for (const text of ['\ud83d', '󰀀']) expect(problemOf(() => choiceGrammar(['fine', text]))).toMatchObject({ path: '[1]' });
});

function problemOf(write: () => unknown): GrammarProblem {
  try {
    write();
  } catch (error) {
    if (error instanceof GrammarProblem) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
