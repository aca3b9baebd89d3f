// What patterns allow, by random walks: every text matches, and none leads to a dead end.

import { afterAll, expect, test } from 'vitest';
import { CancellableCall } from '../../support/cancellable-call.ts';
import { ConstrainedWalks } from '../../support/constrained-walk.ts';

const walks = new ConstrainedWalks();
afterAll(() => walks.close());

const patterns = [
  '^.{1,100}$',
  '^.{20,}$',
  '^[A-Z].{8,1000}$',
  '^[\\w\\s]{10,200}$',
  '^(Mr|Ms) [^\\d\\s]{8,12}$',
  '^\\S+ .{1,8}!$',
  '^a{1,50}|[a-z]{9,10}$',
  '^\\u00e9\\ud83d\\ude00\\u{1F600}{2}$',
  '^[0-9a-f]{32}$',
];

for (const pattern of patterns) {
  test(`a string of the pattern ${pattern} matches it`, async () => {
    for (const seed of [1, 2, 3]) {
      const text = await walks.walk({ kind: 'jsonSchema', schema: { type: 'string', pattern } }, seed);
      expect(JSON.parse(text)).toMatch(new RegExp(pattern, 'u'));
    }
  });
  test(`a whole text of the pattern ${pattern} matches it`, async () => {
    for (const seed of [1, 2, 3]) expect(await walks.walk({ kind: 'regex', pattern }, seed)).toMatch(new RegExp(`^(?:${pattern})$`, 'su'));
  });
}

test('a character that a pattern leaves out can still be part of a name or a constant', async () => {
  const properties = { prénom: { type: 'string', pattern: '^[^é]{1,9}$' }, mark: { const: 'x\u2028é' } };
  const schema = { type: 'object', properties, required: ['prénom', 'mark'] };
  for (const seed of [1, 2, 3]) {
    const value: unknown = JSON.parse(await walks.walk({ kind: 'jsonSchema', schema }, seed));
    expect(value).toEqual({ prénom: expect.stringMatching(/^[^é]{1,9}$/u), mark: 'x\u2028é' });
  }
});

test('a string that has begun is held to its length and to what is left out', async () => {
  const begins = async (schema: object, text: string): Promise<boolean> => {
    const constraint = await walks.engine.constrain({ kind: 'jsonSchema', schema }, 'format', new CancellableCall());
    try {
      return await constraint.acceptText(text);
    } finally {
      constraint.close();
    }
  };
  expect(await begins({ type: 'string', maxLength: 3 }, '"abc"')).toBe(true);
  expect(await begins({ type: 'string', maxLength: 3 }, '"abcd')).toBe(false);
  expect(await begins({ type: 'string', minLength: 3 }, '"ab"')).toBe(false);
  expect(await begins({ type: 'string', pattern: '^[^é]+$' }, '"aé')).toBe(false);
  // How much of the text the first class takes is open, so this length is the grammar's own.
  expect(await begins({ type: 'string', pattern: '^.*x.{1,20}$' }, '"axxby"')).toBe(true);
  expect(await begins({ type: 'string', pattern: '^.*x.{1,20}$' }, `"axb${'c'.repeat(20)}"`)).toBe(false);
});

test('what a pattern may not have is refused by name', async () => {
  const refused = (pattern: string) =>
    expect(
      walks.engine.constrain({ kind: 'jsonSchema', schema: { type: 'string', pattern } }, 'schema', new CancellableCall()),
      pattern,
    ).rejects.toMatchObject({ code: 'unsupported_value', param: 'schema.pattern' });
  for (const pattern of ['(?=a)b', 'a\\b', '(a)\\1', 'a^b', '\\ud83d', '\u{f0001}', '[a-z]{41}x', '.{20}-.{21}-', '[\\u4e00-\\u9fff]']) {
    await refused(pattern);
  }
});

test('a grammar that no text fits is refused', async () => {
  const never = walks.engine.constrain({ kind: 'grammar', ebnf: 'root ::= root "a"\n' }, 'guided_grammar', new CancellableCall());
  await expect(never).rejects.toMatchObject({ code: 'invalid_value', param: 'guided_grammar' });
});
