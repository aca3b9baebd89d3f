import { expect, test } from 'vitest';
import { InferenceError } from '../../../src/core/errors.ts';
import { jsonHead } from '../../../src/dialects/json-reply.ts';
import { sseHead } from '../../../src/dialects/sse.ts';
import { prepareResponse } from '../../../src/runtime/kept-response.ts';
import { delta, final, finalEvent, rig } from './background-rig.ts';

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

test('the deadline fails what waits', async () => {
  const { clock, start, object } = rig();
  const { id, call } = await start(
    {},
    (submission) =>
      new Promise((_, reject) => {
        submission.observer.queued?.();
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
  const word = delta('x'.repeat(1_000));
  for (let count = 0; count < 20; count += 1) call.observer.chunk(word, 1);
  expect(heard.at(-1)).toBe('fail store_full');
  expect(() => responses.events('alice', id)).toThrow(expect.objectContaining({ code: 'unsupported_value', param: 'stream' }));
  call.observer.chunk(finalEvent('b'), 1);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'completed', output: [{ text: 'b' }] });
  expect(store.bytes).toBeLessThan(5_000);
  await Promise.resolve();
  // All of it was taken from the model, whether or not it was kept.
  expect(credits.reduce((sum, bytes) => sum + bytes, 0)).toBe(20 * word.length + finalEvent('b').length);
});

test('a response that outgrows the store fails', async () => {
  const { start, object, lines } = rig({ bytes: 20_000 });
  const { id, call } = await start({});
  call.observer.head(jsonHead);
  call.observer.chunk(Buffer.from(JSON.stringify(final('x'.repeat(19_800)))), 0);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'failed', error: { code: 'store_full' } });
  const whole = await start({ input: 'b' });
  whole.call.observer.head(jsonHead);
  whole.call.observer.chunk(new Uint8Array(20_001), 0);
  expect(whole.call.signal.aborted).toBe(true);
  whole.call.observer.fail(new InferenceError('client_closed_request', 'left'), false);
  const failed = { fields: { state: 'failed', code: 'store_full' } };
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
