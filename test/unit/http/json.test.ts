import { expect, test } from 'vitest';
import { parseJson } from '../../../src/http/json.ts';

const parse = (text: string): unknown => parseJson(new TextEncoder().encode(text));

test('more keys than anyone sends are refused before they are parsed, wherever they stand', () => {
  const object = (keys: number): string => `{${Array.from({ length: keys }, (_, index) => `"k${index}":1`).join(',')}}`;
  expect(parse(object(250_000))).toMatchObject({ k0: 1 });
  expect(() => parse(object(250_001))).toThrow('expected JSON of at most 250000 keys in all');
  const rows = `[${Array.from({ length: 250_001 }, () => '{"a":1}').join(',')}]`;
  expect(() => parse(rows)).toThrow(expect.objectContaining({ code: 'invalid_json' }));
});

test('colons in texts are no keys', () => {
  expect(parse(`{"text":"${':'.repeat(300_000)}"}`)).toMatchObject({ text: expect.stringMatching(/^:+$/) });
});

test('more values than any route serves are refused, and a forbidden key is found deep in a list', () => {
  expect(() => parse(`[${'0,'.repeat(4_096_001)}0]`)).toThrow('expected JSON of at most 4096000 values in all');
  expect(() => parse('[1,[{"\\u005f_proto__":1}]]')).toThrow('expected no __proto__');
});

test('broken JSON is refused with the place of its mistake and nothing of its text', () => {
  expect(() => parse('{"secret": 1,\n "other": 2,\n}')).toThrow(
    /^expected valid JSON, got a mistake at line 3, column 1: expected a key in double quotes, since no comma follows the last member$/,
  );
  expect(() => parse('{"secret": "wor')).toThrow(
    /^expected valid JSON, got the end of the body at line 1, column 16: expected the end of a text$/,
  );
});

test('the place of a mistake is looked for in bodies of up to a million characters alone', () => {
  const broken = (characters: number): string => `["${'a'.repeat(characters - 3)}"`;
  expect(() => parse(broken(1_048_576))).toThrow(
    'expected valid JSON, got the end of the body at line 1, column 1048577: expected a comma or ]',
  );
  expect(() => parse(broken(1_048_577))).toThrow(/^expected valid JSON$/);
});
