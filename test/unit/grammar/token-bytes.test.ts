import { expect, test } from 'vitest';
import { byteLevelText, byteOfCharacter, tokenBytes } from '../../../workers/grammar/token-bytes.ts';

test('every byte has one character, printable ones their own', () => {
  expect([...byteOfCharacter.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  // As the tokenizer files of this family write a space, a line feed, a letter, the last byte of "à" and the byte order mark.
  const written = { Ġ: 0x20, Ċ: 0x0a, a: 0x61, ł: 0xa0, Ń: 0xad, ï: 0xef, '»': 0xbb, '¿': 0xbf };
  expect(Object.keys(written).map((character) => byteOfCharacter.get(character))).toEqual(Object.values(written));
});

test('a text and what a vocabulary writes for it are each other', () => {
  expect(byteLevelText(' é\n')).toBe('ĠÃ©Ċ');
  expect(tokenBytes(['ĠÃ©Ċ', '', 'a'])).toEqual([' \xc3\xa9\n', '', 'a']);
});
