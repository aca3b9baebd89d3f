import { expect, test } from 'vitest';
import { MarkupGuard } from '../../../workers/text/markup-guard.ts';

const guard = new MarkupGuard(['<|a|>', '|>|>', '<|a|>b', 'x.y']);

test.each([
  ['', ['']],
  ['plain < | text |>', ['plain < | text |>']],
  ['<|a|>', ['<', '|a|>']],
  ['1<|a|>2<|a|>', ['1<', '|a|>2<', '|a|>']],
  // One begins inside another.
  ['<|a|>|>', ['<', '|a|', '>|>']],
  ['xzy x.y', ['xzy x', '.y']],
])('%j is cut behind the first characters of markup', (text, pieces) => {
  expect(guard.pieces(guard.text(text))).toEqual(pieces);
});

test('a text keeps the private characters that say where to cut', () => {
  for (const text of ['\uE000', '\uE000\uE002', '\uE000\uE003', 'a\uE000\uE000\uE001', '\uE001\uE002\uE003']) {
    expect(guard.pieces(guard.text(text))).toEqual([text]);
    expect(guard.before(`${guard.marked(text)}${guard.text(text)}`)).toBe(guard.text(text));
  }
  expect(guard.before(guard.text('\uE000\uE003'))).toBeUndefined();
});

test('texts and names in an object are cut at any depth, and nothing else changes', () => {
  const value = { a: [{ '<|a|>': '<|a|>', n: 1, no: null, yes: true, none: undefined }], b: ['c'] };
  const name = guard.text('<|a|>');
  expect(guard.object(value)).toEqual({ a: [{ [name]: name, n: 1, no: null, yes: true, none: undefined }], b: ['c'] });
  expect(name).not.toBe('<|a|>');
});

test('where there is no markup nothing is cut', () => {
  expect(new MarkupGuard([]).text('<|a|>')).toBe('<|a|>');
});
