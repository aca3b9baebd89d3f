import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { type CallOptions, callModel } from '../../../src/runtime/call-model.ts';
import type { Submission } from '../../../src/runtime/submission.ts';

/** A runtime that answers every call with `{}` and counts the timers that are armed. */
function open() {
  const submissions: Submission[] = [];
  const armed = new Set<() => void>();
  const callee = {
    clock: {
      now: () => 0,
      after(_delayMs: number, action: () => void) {
        armed.add(action);
        return { cancel: () => void armed.delete(action) };
      },
    },
    timeoutMs: () => 1_000,
    async submit(submission: Submission) {
      submissions.push(submission);
      submission.observer.head({ status: 200, headers: {}, shape: 'whole' });
      submission.observer.chunk(Buffer.from('{}'), 0);
      submission.observer.end(undefined);
      return { credit: () => {}, cancel: () => {}, released: Promise.resolve() };
    },
  };
  const call = (method: MethodName, body: unknown, options: CallOptions = {}) => callModel(callee, method, body, options);
  return { call, submissions, armed };
}

test('a body that JSON cannot hold is refused and leaves no timer and no listener', async () => {
  const { call, submissions, armed } = open();
  const { signal } = new AbortController();
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (const body of [cycle, { n: 1n }, () => 1])
    await expect(call('predict', body, { signal })).rejects.toMatchObject({ code: 'invalid_json', status: 400 });
  expect(submissions).toEqual([]);
  expect(armed.size).toBe(0);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('bytes go to predict as bytes, as a copy', async () => {
  const { call, submissions, armed } = open();
  const bytes = new Uint8Array([1, 2]);
  await call('predict', bytes);
  expect(submissions).toMatchObject([{ bodyKind: 'bytes', body: undefined, bytes }]);
  expect(submissions[0]?.bytes?.buffer).not.toBe(bytes.buffer);
  expect(armed.size).toBe(0);
});

test('a value goes to predict as JSON, and no body as none', async () => {
  const { call, submissions } = open();
  await call('predict', { a: 1 }, { priority: 9, timeoutMs: Number.POSITIVE_INFINITY });
  await call('predict', undefined);
  expect(submissions.map(({ bytes }) => bytes && Buffer.from(bytes).toString())).toEqual(['{"a":1}', undefined]);
  expect(submissions[0]).toMatchObject({ bodyKind: 'json', facts: { priority: 9, deadlineMs: 1_000 } });
});

test('a priority or a time outside its range is refused by its name', async () => {
  const { call, submissions } = open();
  for (const priority of [-1, 10, 1.5, Number.NaN])
    await expect(call('predict', {}, { priority })).rejects.toMatchObject({ code: 'invalid_value', param: 'priority' });
  for (const timeoutMs of [0, -1, 0.5, Number.NaN])
    await expect(call('predict', {}, { timeoutMs })).rejects.toMatchObject({ code: 'invalid_value', param: 'timeoutMs' });
  expect(submissions).toEqual([]);
});

test('a stream whose first bytes are long in coming answers with its head', async () => {
  const told: Submission[] = [];
  const callee = {
    clock: { now: () => 0, after: () => ({ cancel() {} }) },
    timeoutMs: () => 1_000,
    async submit(submission: Submission) {
      told.push(submission);
      submission.observer.head({ status: 200, headers: {}, shape: 'sse' });
      submission.observer.flushHead?.();
      return { credit: () => {}, cancel: () => {}, released: Promise.resolve() };
    },
  };
  const reply = await callModel(callee, 'predict', {}, {});
  expect(reply.status).toBe(200);
  told[0]?.observer.chunk(Buffer.from('a'), 1);
  told[0]?.observer.end(undefined);
  expect(await reply.text()).toBe('a');
});
