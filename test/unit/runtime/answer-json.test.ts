import { expect, test } from 'vitest';
import { isTooDeep, parsedObject } from '../../../src/runtime/answer-json.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

test('only JSON of an object is one', () => {
  expect(parsedObject('{"a":1}')).toEqual({ a: 1 });
  for (const json of ['[]', 'null', '"a"', '{', '']) expect(parsedObject(json)).toBeUndefined();
});

test('depth is that of lists and objects, whatever brackets their texts have', () => {
  expect([isTooDeep(nested(65)), isTooDeep(nested(66)), isTooDeep('{"a":'.repeat(66))]).toEqual([false, true, true]);
  expect(isTooDeep(JSON.stringify({ a: `${nested(100)}"\\`, b: '[]'.repeat(100) }))).toBe(false);
  // A mark after an odd number of backslashes is one of the text, after an even number its end.
  for (const text of ['\\', '\\\\', '"', '\\"', '\\\\"']) {
    expect(isTooDeep(JSON.stringify([text, '['.repeat(100)]))).toBe(false);
    expect(isTooDeep(`[${JSON.stringify(text)},${nested(65)}]`)).toBe(true);
  }
  expect(isTooDeep(`[${'[],'.repeat(100)}[]]`)).toBe(false);
});
