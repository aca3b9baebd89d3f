import { expect, test } from 'vitest';
import { pathKey, quotedWord, shortened, visible } from '../../../src/core/quoted-word.ts';

test.each([
  ['gpt-4o', '"gpt-4o"'],
  ['a "b" \\', '"a \\"b\\" \\\\"'],
  ['a\nb\u2028c', '"a\\nb\\u2028c"'],
  ['\u202eevil', '"\\u202eevil"'],
  ['\ud800', '"\\ud800"'],
  ['é😀', '"é😀"'],
  ['x'.repeat(40), `"${'x'.repeat(40)}"`],
  ['x'.repeat(41), `"${'x'.repeat(40)}…"`],
  ['😀'.repeat(41), `"${'😀'.repeat(40)}…"`],
])('%j is told as %s', (word, told) => {
  expect(quotedWord(word)).toBe(told);
});

test.each([
  ['max_tokens', 'max_tokens'],
  ['b/c d', 'b/c d'],
  ['naïve', 'naïve'],
  ['a\n\u202eb', 'a\\u000a\\u202eb'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ['x'.repeat(17_000), `${'x'.repeat(64)}…`],
])('the key %j is %s in a path', (key, told) => {
  expect(pathKey(key)).toBe(told);
});

test('what is unseen is escaped and nothing else', () => {
  expect(visible('a\u0000b c')).toBe('a\\u0000b c');
  expect(shortened('abc', 2)).toBe('ab…');
});
