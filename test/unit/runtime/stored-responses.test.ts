import { expect, test } from 'vitest';
import type { RunningCall } from '../../../src/contract/executor.ts';
import { InferenceError } from '../../../src/core/errors.ts';
import { jsonHead } from '../../../src/dialects/json-reply.ts';
import { eventFrame, sseHead } from '../../../src/dialects/sse.ts';
import { prepareResponse } from '../../../src/runtime/kept-response.ts';
import { ResponseStore, type ResponseStoreLimits } from '../../../src/runtime/response-store.ts';
import { StoredResponses } from '../../../src/runtime/stored-responses.ts';
import type { Submission } from '../../../src/runtime/submission.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** The responses of a server whose one model is played by the test. */
function rig(limits: Partial<ResponseStoreLimits> = {}) {
  const clock = new FakeClock();
  const store = new ResponseStore(clock, limits);
  const lines: { message: string; fields: object }[] = [];
  const note = (message: string, fields: object = {}): void => void lines.push({ message, fields });
  const responses = new StoredResponses({ clock, store, logger: { debug: note, info: note, warn: note, error: note } });
  const credits: number[] = [];
  const running: RunningCall = { cancel() {}, credit: (bytes) => void credits.push(bytes), released: Promise.resolve() };
  const heard: string[] = [];
  const leaving = new AbortController();
  let admitted: Submission | undefined;
  const start = async (body: object, admit = async (_: Submission) => running) => {
    const asked: Submission = {
      method: 'responses',
      model: undefined,
      body: { input: 'a', background: true, ...body },
      bytes: new Uint8Array(),
      bodyKind: 'json',
      facts: {
        id: 'req_1',
        httpMethod: 'POST',
        path: '/v1/responses',
        headers: {},
        deadlineMs: 1_000,
        priority: 0,
        gather: false,
        apiKeyName: 'alice',
      },
      signal: leaving.signal,
      observer: {
        head() {},
        chunk: (bytes) => void heard.push(new TextDecoder().decode(bytes)),
        end: () => void heard.push('end'),
        fail: (error) => void heard.push(`fail ${error.code}`),
      },
    };
    const prepared = prepareResponse(store, asked);
    await responses.start({
      asked,
      prepared,
      model: 'tiny',
      admit: (submission) => {
        admitted = submission;
        submission.observer.queued?.();
        return admit(submission);
      },
    });
    const id = /resp_\w+/.exec(heard.join(''))?.[0] ?? '';
    if (admitted === undefined) throw new Error('expected an admitted call');
    return { id, call: admitted };
  };
  const object = (id: string) => JSON.parse(new TextDecoder().decode(responses.get('alice', id).response));
  return { clock, store, lines, responses, credits, heard, leaving, start, object };
}

const final = (text: string) => ({ id: 'resp_model', status: 'completed', output: [{ text }] });
const finalEvent = (text: string) =>
  eventFrame('response.completed', JSON.stringify({ type: 'response.completed', response: final(text) })).bytes;

test('the body that the model gets does not say that it runs in the background', async () => {
  const { start } = rig();
  const { call } = await start({ stream: true });
  expect(call.body).toEqual({ input: 'a', stream: true });
  expect(JSON.parse(new TextDecoder().decode(call.bytes))).toEqual({ input: 'a', stream: true });
});

test('what the call tells is the state of the response, whoever left', async () => {
  const { start, object, leaving, store, lines } = rig();
  const { id, call } = await start({});
  leaving.abort();
  expect(call.signal.aborted).toBe(false);
  expect([object(id).status, store.isHeld('alice', id)]).toEqual(['queued', true]);
  call.observer.started?.('tiny', 3);
  expect(object(id).status).toBe('in_progress');
  call.observer.head(jsonHead);
  call.observer.chunk(Buffer.from(JSON.stringify(final('b'))), 0);
  call.observer.end({ promptTokens: 1, completionTokens: 2 });
  expect(object(id)).toMatchObject({ id, status: 'completed', background: true, output: [{ text: 'b' }] });
  expect([store.count, store.isHeld('alice', id)]).toEqual([1, false]);
  expect(lines).toEqual([
    { message: 'background response', fields: expect.objectContaining({ id: 'req_1', response: id, state: 'completed', queueMs: 3 }) },
  ]);
});

test('another key sees, cancels and deletes nothing of it', async () => {
  const { start, responses, object } = rig();
  const { id } = await start({});
  for (const act of [responses.get, responses.cancel, responses.delete, responses.events])
    expect(() => act.call(responses, 'bob', id)).toThrow(expect.objectContaining({ code: 'response_not_found' }));
  expect(object(id).status).toBe('queued');
});

test('the deadline fails it, wherever it is', async () => {
  const { clock, start, object } = rig();
  const { id, call } = await start(
    {},
    (submission) =>
      new Promise((_, reject) => {
        submission.signal.addEventListener('abort', () => reject(submission.signal.reason));
      }),
  );
  clock.advance(1_000);
  await Promise.resolve();
  await Promise.resolve();
  expect(call.signal.aborted).toBe(true);
  expect(object(id)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
});

test('a call that is refused leaves nothing behind', async () => {
  const { responses, store } = rig();
  const asked = { method: 'responses', model: undefined, body: { input: 'a' }, bytes: undefined, bodyKind: 'json' } as const;
  const facts = { id: 'r', httpMethod: 'POST', path: '', headers: {}, deadlineMs: 1, priority: 0, gather: false, apiKeyName: null };
  const submission = { ...asked, facts, signal: new AbortController().signal, observer: { head() {}, chunk() {}, end() {}, fail() {} } };
  const full = new InferenceError('rate_limit_exceeded', 'full');
  const prepared = prepareResponse(store, submission);
  await expect(responses.start({ asked: submission, prepared, model: 'tiny', admit: () => Promise.reject(full) })).rejects.toBe(full);
  expect([store.count, store.bytes]).toEqual([0, 0]);
});

test('those that run fill the store, and one that can never fit is refused', async () => {
  const { start } = rig({ count: 1 });
  await start({});
  await expect(start({})).rejects.toMatchObject({ code: 'rate_limit_exceeded', status: 429 });
  await expect(rig({ bytes: 1_000 }).start({})).rejects.toMatchObject({ code: 'invalid_value', param: 'background' });
});

test('events that outgrow the store are given up, and the response goes on without', async () => {
  const { start, responses, heard, object, store, credits } = rig({ bytes: 20_000 });
  const { id, call } = await start({ stream: true });
  call.observer.started?.('tiny', 0);
  call.observer.head(sseHead);
  const delta = eventFrame(
    'response.output_text.delta',
    JSON.stringify({ type: 'response.output_text.delta', delta: 'x'.repeat(1_000) }),
  ).bytes;
  for (let count = 0; count < 20; count += 1) call.observer.chunk(delta, 1);
  expect(heard.at(-1)).toBe('fail invalid_result');
  expect(() => responses.events('alice', id)).toThrow(expect.objectContaining({ code: 'unsupported_value', param: 'stream' }));
  call.observer.chunk(finalEvent('b'), 1);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'completed', output: [{ text: 'b' }] });
  expect(store.bytes).toBeLessThan(5_000);
  await Promise.resolve();
  // All of it was taken from the model, whether or not it was kept.
  expect(credits.reduce((sum, bytes) => sum + bytes, 0)).toBe(20 * delta.length + finalEvent('b').length);
});

test('a response that outgrows the store fails', async () => {
  const { start, object, lines } = rig({ bytes: 20_000 });
  const { id, call } = await start({});
  call.observer.head(jsonHead);
  call.observer.chunk(Buffer.from(JSON.stringify(final('x'.repeat(19_800)))), 0);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'failed', error: { code: 'invalid_result' } });
  const whole = await start({ input: 'b' });
  whole.call.observer.head(jsonHead);
  whole.call.observer.chunk(new Uint8Array(20_001), 0);
  expect(whole.call.signal.aborted).toBe(true);
  whole.call.observer.fail(new InferenceError('client_closed_request', 'left'), false);
  const failed = { fields: { state: 'failed', code: 'invalid_result' } };
  expect(lines).toMatchObject([failed, failed]);
});

test('what is cancelled keeps nothing that comes after', async () => {
  const { start, responses, object, lines } = rig();
  const { id, call } = await start({});
  responses.cancel('alice', id);
  expect(call.signal.aborted).toBe(true);
  call.observer.head(jsonHead);
  call.observer.chunk(Buffer.from(JSON.stringify(final('b'))), 0);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'cancelled', output: [] });
  expect(lines).toMatchObject([{ fields: { state: 'cancelled' } }]);
  responses.delete('alice', id);
  expect(() => responses.get('alice', id)).toThrow(expect.objectContaining({ code: 'response_not_found' }));
});
