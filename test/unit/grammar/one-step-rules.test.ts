// Whether exactly the texts of a grammar are allowed. The library alone lets more pass where branches of a rule have parts in common.

import { afterAll, expect, test } from 'vitest';
import { inOneStepRules } from '../../../workers/grammar/one-step-rules.ts';
import { ConstrainedWalks, random } from '../../support/constrained-walk.ts';

const walks = new ConstrainedWalks();
afterAll(() => walks.close());

const numbers = [0, 1, 9, 10, 50, 51, 99, 100, 101, 151, 199, 500, 950, 999, 1000, 1001, 1305, 1999, 2024, 4321, 5000, 9999, 12_345];
const ranges = [
  { maximum: 100 },
  { maximum: 50 },
  { exclusiveMaximum: 101 },
  { minimum: -1000, maximum: 1000 },
  { minimum: -999, maximum: 999 },
  { minimum: 1999 },
  { minimum: 5000 },
  { minimum: 0, maximum: 1000 },
  { minimum: -9007199254740991, maximum: 9007199254740991 },
];

for (const range of ranges) {
  test(`a whole number within ${JSON.stringify(range)} is allowed, alone and in a list, and no other`, async () => {
    const item = { type: 'integer', ...range };
    const { minimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity } = { ...range } as Record<string, number>;
    for (const value of numbers.flatMap((number) => (number === 0 ? [0] : [number, -number]))) {
      const isWithin = value >= minimum && value <= maximum && value < exclusiveMaximum;
      expect(await walks.accepts({ kind: 'jsonSchema', schema: item }, String(value)), String(value)).toBe(isWithin);
      expect(await walks.accepts({ kind: 'jsonSchema', schema: { type: 'array', items: item } }, `[${value}]`), `[${value}]`).toBe(
        isWithin,
      );
    }
  });
}

test('one of several words is allowed, and nothing that is made of their parts', async () => {
  const next = random(7);
  const word = (): string => Array.from({ length: 1 + Math.floor(next() * 6) }, () => 'abc'[Math.floor(next() * 3)]).join('');
  for (let round = 0; round < 40; round += 1) {
    const words = [...new Set(Array.from({ length: 12 }, word))];
    const probes = new Set([...words.slice(0, 3), ...words.map((text) => text.slice(1) + text), ...words.map((text) => text + text)]);
    const ebnf = `root ::= ${words.map((text) => `"${text}"`).join(' | ')}\n`;
    for (const probe of probes) {
      const isWord = words.includes(probe);
      expect(await walks.accepts({ kind: 'jsonSchema', schema: { enum: words } }, JSON.stringify(probe)), probe).toBe(isWord);
      expect(await walks.accepts({ kind: 'grammar', ebnf }, probe), `${probe} of ${words.join(' ')}`).toBe(isWord);
    }
  }
});

test('a pattern allows what it matches', async () => {
  const patterns = ['[a-z]*[a-z]cd', 'a*acd', '(ab)*abc', '(a|b)*abb', 'a?b?c?', '(a|ab)(c|bcd)(d*)', '([ab]{2}|c){1,3}x*', '(aa|aab|b)+c'];
  const texts = [
    'cd',
    'acd',
    'bcd',
    'aacd',
    'abc',
    'c',
    'ababc',
    'abb',
    'aabb',
    'babb',
    '',
    'ac',
    'abcd',
    'abd',
    'aac',
    'aabc',
    'baac',
    'abccxx',
    'aax',
  ];
  for (const pattern of patterns) {
    for (const text of texts)
      expect(await walks.accepts({ kind: 'regex', pattern }, text), `${pattern}: ${text}`).toBe(new RegExp(`^(?:${pattern})$`).test(text));
  }
});

test('each branch of a rule takes one step, and a long literal goes on in blocks', () => {
  expect(inOneStepRules('root ::= (("abc" x) | ([a-c]* "\\"d") | (""))').split('\n')).toEqual([
    'rest_1 ::= "c" x',
    'rest_0 ::= "b" rest_1',
    'rest_3 ::= "d"',
    'rest_2 ::= "\\"" rest_3',
    'rest_4 ::= "" | [a-c] rest_4',
    'root ::= "a" rest_0 | rest_4 rest_2 | ""',
  ]);
  expect(inOneStepRules('root ::= (("x" [a-c]*))')).toBe('rest_0 ::= "" | [a-c] rest_0\nroot ::= "x" rest_0');
  // A rule with a lookahead is left alone.
  const ahead = 'text ::= (("a") | ([b] text)) (=([,]))';
  expect(inOneStepRules(ahead)).toBe(ahead);
  expect(inOneStepRules(`root ::= (("${'a'.repeat(1000)}"))`).length).toBeLessThan(10_000);
});
