import { expect, test } from 'vitest';
import { jsonMistake } from '../../../src/http/json-mistake.ts';

const cases: readonly (readonly [text: string, line: number, column: number, expected: string])[] = [
  ['{"a":1,}', 1, 8, 'a key in double quotes, since no comma follows the last member'],
  ['[1,\n 2,\n]', 3, 1, 'a value, since no comma follows the last item'],
  ['{"a" 1}', 1, 6, 'a colon'],
  ['{"a":1 "b":2}', 1, 8, 'a comma or }'],
  ['[1 2]', 1, 4, 'a comma or ]'],
  ['[1}', 1, 3, 'a comma or ]'],
  ['{"a":]', 1, 6, 'a value'],
  ["{'a':1}", 1, 2, 'a key in double quotes or }'],
  ['{a:1}', 1, 2, 'a key in double quotes or }'],
  ['{"a":None}', 1, 6, 'a value'],
  ['{"a":NaN}', 1, 6, 'a value'],
  ['[// note\n1]', 1, 2, 'a value or ]'],
  ['{} {}', 1, 4, 'nothing more'],
  ['[01]', 1, 3, 'a comma or ]'],
  ['[-]', 1, 3, 'a digit'],
  ['[1.e2]', 1, 4, 'a digit'],
  ['["a\nb"]', 1, 4, 'a control character as an escape, such as \\n'],
  ['["\\x"]', 1, 3, 'an escape that JSON has'],
  ['["\\u12g4"]', 1, 3, 'an escape that JSON has'],
  ['["\\u12"]', 1, 3, 'an escape that JSON has'],
  ['["\\u1x', 1, 3, 'an escape that JSON has'],
  ['["\\x', 1, 3, 'an escape that JSON has'],
  ['[trx', 1, 2, 'a value or ]'],
  ['[tru]', 1, 2, 'a value or ]'],
  ['[trues', 1, 6, 'a comma or ]'],
];

test.each(cases)('%j stops being JSON at line %i, column %i', (text, line, column, expected) => {
  expect(jsonMistake(text)).toEqual({ line, column, expected, atEnd: false });
});

test('a text that was cut off stops at its end', () => {
  for (const [text, expected] of [
    ['', 'a value'],
    ['{"a":[1', 'a comma or ]'],
    ['{"a":"b', 'the end of a text'],
    ['"\\', 'the end of a text'],
    ['{"a":', 'a value'],
    ['{"a":"x\\u', 'the end of a text'],
    ['{"a":"\\u12', 'the end of a text'],
    ['["\\u00', 'the end of a text'],
    ['["\\u00e', 'the end of a text'],
    ['["\\u00e9', 'the end of a text'],
    ['{"\\u', 'the end of a text'],
    ['[tru', 'a value'],
    ['[1,f', 'a value'],
    ['{"a":nul', 'a value'],
  ] as const)
    expect(jsonMistake(text)).toEqual({ line: 1, column: text.length + 1, expected, atEnd: true });
});

test('columns count characters, not their halves, and lines end with either break', () => {
  expect(jsonMistake('{"🙂":"é",}')).toMatchObject({ line: 1, column: 10 });
  expect(jsonMistake('{\r\n"a":1\r\n"b":2}')).toMatchObject({ line: 3, column: 1 });
});

test('a mistake is found exactly where the parser finds one, in every text that one character tells from a valid one', () => {
  const valid = '{"a":[1,-2.5e+3,0,true,false,null,{}],"b\\u00e9\\n":{"c":[],"d":"x\\\\"}}';
  const swaps = ['', ...'{}[]:,"\\0-+.e1 \nu/tx'];
  for (let at = 0; at <= valid.length; at += 1) {
    for (const swap of swaps) {
      for (const rest of [at, at + 1]) {
        const text = valid.slice(0, at) + swap + valid.slice(rest);
        expect([text, jsonMistake(text) === undefined]).toEqual([text, isJson(text)]);
      }
    }
    const cut = valid.slice(0, at);
    expect([cut, jsonMistake(cut)?.atEnd]).toEqual([cut, at < valid.length ? true : undefined]);
  }
});

test('neither depth nor length keeps a mistake from being found', () => {
  expect(jsonMistake('['.repeat(1_000_000))).toMatchObject({ column: 1_000_001, atEnd: true });
  expect(jsonMistake(`["${'a'.repeat(1_000_000)}",${'1'.repeat(1_000_000)},]`)).toMatchObject({ column: 2_000_006 });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
