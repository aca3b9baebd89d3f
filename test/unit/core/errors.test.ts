import { expect, test } from 'vitest';
import { cancelError, cancelReasons } from '../../../src/core/cancellation.ts';
import { errorCodes } from '../../../src/core/error-codes.ts';
import { fromRecord, HttpError, InferenceError, toRecord } from '../../../src/core/errors.ts';

test('an inference error survives the trip through a record', () => {
  const error = new InferenceError('rate_limit_exceeded', 'expected room, got a full queue', { param: 'model', retryAfterMs: 1500 });
  const back = fromRecord(structuredClone(toRecord(error)));
  expect(back).toBeInstanceOf(InferenceError);
  expect(back).toMatchObject({ code: 'rate_limit_exceeded', status: 429, param: 'model', retryAfterMs: 1500, message: error.message });
});

test('an HttpError of a model keeps its status, code and field', () => {
  expect(toRecord(new HttpError(422, 'no face', { code: 'no_face', param: 'image' }))).toEqual({
    code: 'no_face',
    status: 422,
    message: 'no face',
    param: 'image',
  });
});

test('an HttpError without a code takes the code of its status', () => {
  expect(toRecord(new HttpError(404, 'gone')).code).toBe('unknown_url');
});

test('the text of a foreign error reaches the stack only', () => {
  const record = toRecord(new Error('the secret prompt'));
  expect(record).toMatchObject({ code: 'internal_error', status: 500 });
  expect(record.message).not.toContain('secret');
  expect(record.stack).toContain('the secret prompt');
});

test('an HttpError refuses a status that is not an error', () => {
  expect(() => new HttpError(200, 'fine')).toThrow(RangeError);
});

test('every reason to cancel has an error of the table', () => {
  for (const reason of cancelReasons) expect(Object.keys(errorCodes)).toContain(cancelError(reason).code);
});

test("a stack for the log has the frames of the user's code alone, or all where there are none", () => {
  const own = `    at run (${new URL('../../../workers/host/main.ts', import.meta.url).href}:1:1)`;
  const error = new Error('no');
  error.stack = `Error: no\n    at Model.predict (file:///models/mine/model.ts:3:9)\n${own}\n    at node:internal/process/task_queues:95:5`;
  expect(toRecord(error).stack).toBe('Error: no\n    at Model.predict (file:///models/mine/model.ts:3:9)');
  error.stack = `Error: no\n${own}`;
  expect(toRecord(error).stack).toBe(error.stack);
});

test('an error of another library that is named HttpError tells the client nothing', () => {
  const foreign = Object.assign(new Error('token ghp_secret was refused'), { name: 'HttpError', status: 401, code: 'bad' });
  const record = toRecord(foreign);
  expect(record).toMatchObject({ code: 'internal_error', status: 500 });
  expect(record.message).not.toContain('secret');
  expect(record.stack).toContain('secret');
});

test('an HttpError from another copy of the package is known by its brand', () => {
  const copy = Object.assign(new Error('no face'), { [Symbol.for('heddle.HttpError')]: true, status: 422, code: 'no_face' });
  expect(toRecord(copy)).toEqual({ code: 'no_face', status: 422, message: 'no face', param: null });
});

test('a status that HTTP does not have becomes an internal error on both sides of the thread', () => {
  for (const status of [0, 200, 422.5, 600, Number.NaN]) {
    expect(toRecord(Object.assign(new HttpError(422, 'x'), { status }))).toMatchObject({ code: 'internal_error', status: 500 });
    expect(toRecord(new InferenceError('timeout', 'x', { status }))).toMatchObject({ code: 'internal_error', status: 500 });
    expect(fromRecord({ code: 'x', status, message: 'x', param: null })).toMatchObject({ code: 'internal_error', status: 500 });
  }
});

test('a status that several codes share takes the one that says least', () => {
  const codes = [400, 404, 422, 429, 499, 500, 503].map((status) => toRecord(new HttpError(status, 'x')).code);
  expect(codes).toEqual([
    'invalid_value',
    'unknown_url',
    'invalid_value',
    'rate_limit_exceeded',
    'invalid_value',
    'internal_error',
    'internal_error',
  ]);
});
