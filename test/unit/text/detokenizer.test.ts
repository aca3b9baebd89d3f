// Text by token, on a tokenizer whose tokens are bytes: the worst case for characters.

import { expect, test } from 'vitest';
import { Detokenizer } from '../../../workers/text/detokenizer.ts';

const byteTokenizer = { decode: (ids: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(ids)) };
const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];

test('a character comes out whole, when its last byte has come', () => {
  const detokenizer = new Detokenizer(byteTokenizer, []);
  expect(bytesOf('a€😀').map((byte) => detokenizer.push(byte))).toEqual(['a', '', '', '€', '', '', '', '😀']);
});

test('the pieces of a long text add up to it', () => {
  const text = 'naïve 漢字 😀👩‍👩‍👧 '.repeat(40);
  const detokenizer = new Detokenizer(byteTokenizer, []);
  expect(
    bytesOf(text)
      .map((byte) => detokenizer.push(byte))
      .join(''),
  ).toBe(text);
});

test('the prompt is context and not repeated', () => {
  const detokenizer = new Detokenizer(byteTokenizer, bytesOf('The prompt'));
  expect(
    bytesOf(' goes on')
      .map((byte) => detokenizer.push(byte))
      .join(''),
  ).toBe(' goes on');
});

test('a character that the prompt began is given when it is complete', () => {
  const [first = 0, ...rest] = bytesOf('€');
  const detokenizer = new Detokenizer(byteTokenizer, [first]);
  expect(rest.map((byte) => detokenizer.push(byte))).toEqual(['', '€']);
});

test('bytes that complete no character are dropped at the end', () => {
  const detokenizer = new Detokenizer(byteTokenizer, []);
  expect(
    bytesOf('a😀')
      .slice(0, 3)
      .map((byte) => detokenizer.push(byte))
      .join(''),
  ).toBe('a');
});
