import { expect, test } from 'vitest';
import { inputCheck } from '../../../src/runtime/model-schemas.ts';

const check = inputCheck({
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' }, faces: { type: 'array', items: { type: 'object', required: ['width'] } } },
});

function problemOf(body: unknown, checked = check): unknown {
  try {
    checked(body);
  } catch (error) {
    return error;
  }
  return undefined;
}

test('a body that fits passes, and one that does not is told by the path of its field', () => {
  expect(problemOf({ text: 'a', faces: [{ width: 1 }] })).toBeUndefined();
  expect(problemOf({})).toMatchObject({ code: 'missing_required_parameter', param: 'text', message: 'expected text, got nothing' });
  expect(problemOf({ text: 'a', faces: [{ width: 1 }, {}] })).toMatchObject({
    code: 'missing_required_parameter',
    param: 'faces[1].width',
  });
  expect(problemOf({ text: 5 })).toMatchObject({ code: 'invalid_type', param: 'text', message: 'expected text to be string, got 5' });
  expect(problemOf([])).toMatchObject({ code: 'invalid_type', param: null });
});

test('no body at all is told as what it is', () => {
  expect(problemOf(undefined)).toMatchObject({ code: 'invalid_type', message: 'expected the body to be object, got nothing' });
});

test('a key that a closed schema does not know is refused by name', () => {
  const closed = inputCheck({ type: 'object', properties: { text: { type: 'string' } }, additionalProperties: false });
  expect(() => closed({ txt: 'a' })).toThrow(expect.objectContaining({ code: 'unknown_parameter', param: 'txt' }));
});

test('under a schema of a model no word of the user is repeated, whatever it stands for', () => {
  const graded = inputCheck({ type: 'object', properties: { mood: { enum: ['good', 'bad'] }, kind: { const: 'a' } } });
  expect(problemOf({ mood: 'The patient John Doe' }, graded)).toMatchObject({
    code: 'invalid_value',
    message: 'expected mood to be one of ["good","bad"], got string',
  });
  expect(problemOf({ kind: 'John Doe' }, graded)).toMatchObject({ message: 'expected kind to be "a", got string' });
});

test('keys of the user are cut, each of them and all together', () => {
  const nested = inputCheck({ $defs: { n: { additionalProperties: { $ref: '#/$defs/n' }, type: 'object' } }, $ref: '#/$defs/n' });
  expect(problemOf({ ['long '.repeat(4_000)]: 5 }, nested)).toMatchObject({ param: `${'long '.repeat(13).slice(0, 64)}…` });
  const deep = Array.from({ length: 30 }).reduce<unknown>((inner) => ({ ['k'.repeat(100)]: inner }), 5);
  const problem = problemOf(deep, nested);
  expect(problem).toMatchObject({ code: 'invalid_type', param: expect.stringMatching(/^k{64}….*…$/) });
  expect(String(problem).length).toBeLessThan(700);
});
