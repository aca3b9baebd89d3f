import { expect, test } from 'vitest';
import { BannedTokens, begunCharacter, charactersPattern, illFormed } from '../../../workers/grammar/banned-tokens.ts';

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
const tokens = ['a', bytesOf('é'), '\xe2', '\x80', '\xa8', '\xa8x', bytesOf('x\u2028'), '\xed', '\xa0', '\x9f'];

function banned(pattern: RegExp, begun: string): string[] {
  const mask = new Int32Array(1).fill(-1);
  new BannedTokens(tokens, pattern).limit(mask, begun);
  return tokens.filter((_, token) => (((mask[0] ?? 0) >>> token) & 1) === 0);
}

test('a character is kept out, whole or piece by piece', () => {
  const pattern = charactersPattern([0x2028]) ?? /never/;
  expect(banned(pattern, '')).toEqual([bytesOf('x\u2028')]);
  expect(banned(pattern, '\xe2\x80')).toEqual(['\xa8', '\xa8x', bytesOf('x\u2028')]);
  expect(charactersPattern([])).toBeUndefined();
});

test('bytes that no UTF-8 has are kept out', () => {
  expect(banned(illFormed, '\xed')).toEqual(['\xa8', '\xa8x', '\xa0']);
  expect(banned(illFormed, '')).toEqual([]);
});

test('a character that has begun is told by its bytes', () => {
  const all = bytesOf('é😀');
  expect(begunCharacter(all)).toBe('');
  expect(begunCharacter(all.slice(0, 1))).toBe('\xc3');
  expect(begunCharacter(all.slice(0, 5))).toBe('\xf0\x9f\x98');
  expect(begunCharacter('a')).toBe('');
});
