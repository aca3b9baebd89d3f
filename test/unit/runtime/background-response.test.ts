import { expect, test } from 'vitest';
import { InferenceError } from '../../../src/core/errors.ts';
import { jsonHead } from '../../../src/dialects/json-reply.ts';
import { eventFrame, sseHead } from '../../../src/dialects/sse.ts';
import type { Submission } from '../../../src/runtime/submission.ts';
import { delta, final, finalEvent, rig } from './background-rig.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const utf8 = (value: string) => new TextEncoder().encode(value);
const event = (type: string, response: object) => eventFrame(type, JSON.stringify({ type, response })).bytes;
const numbers = (heard: readonly string[]) => heard.flatMap((frame) => /"sequence_number":(\d+)/.exec(frame)?.[1] ?? []).map(Number);

function streams({ observer }: Submission): void {
  observer.started?.('tiny', 0);
  observer.head(sseHead);
}

test('an answer too deep to be written again fails, and can be removed', async () => {
  const { start, object, responses, store } = rig();
  const { id, call } = await start({});
  call.observer.head(jsonHead);
  call.observer.chunk(utf8(`{"status":"completed","output":[],"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`), 0);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'failed', error: { code: 'invalid_result' } });
  responses.delete('alice', id);
  expect(() => responses.get('alice', id)).toThrow(expect.objectContaining({ code: 'response_not_found' }));
  expect([store.count, store.bytes]).toEqual([0, 0]);
});

test('a stream without room for its first events is refused before anything is answered', async () => {
  const [plain, streamed] = [rig(), rig()];
  await plain.start({});
  await streamed.start({ stream: true });
  const small = rig({ bytes: streamed.store.bytes - 1 });
  await expect(small.start({ stream: true })).rejects.toMatchObject({ code: 'invalid_value', param: 'background' });
  const shared = rig({ bytes: streamed.store.bytes + plain.store.bytes - 1 });
  await shared.start({});
  await expect(shared.start({ stream: true })).rejects.toMatchObject({ code: 'rate_limit_exceeded', status: 429 });
  expect([small.heard, shared.heard]).toEqual([[], [expect.any(String), 'end']]);
  await shared.start({});
});

test('a request that is refused makes no kept response leave', async () => {
  const { start, store } = rig({ count: 1 });
  const kept = { id: 'resp_1', response: utf8('{}'), input: utf8('[]') };
  store.keep('bob', kept);
  const full = new InferenceError('rate_limit_exceeded', 'full');
  await expect(start({}, () => Promise.reject(full))).rejects.toBe(full);
  expect([store.get('bob', 'resp_1')?.id, store.count]).toEqual(['resp_1', 1]);
  await start({});
  expect([store.get('bob', 'resp_1'), store.count]).toEqual([undefined, 1]);
});

test('an end that needs the room of the events is kept without them, and no reader hears of it first', async () => {
  const { start, responses, heard, object, client } = rig({ bytes: 20_000 });
  const { id, call } = await start({ stream: true });
  streams(call);
  const found: string[] = [];
  client.hears = (bytes) => {
    if (text(bytes).includes('store_full')) found.push(object(id).status);
  };
  for (let count = 0; count < 5; count += 1) call.observer.chunk(delta('x'.repeat(1_000)), 1);
  const stream = finalEvent('y'.repeat(6_000));
  call.observer.chunk(stream, 1);
  expect(object(id).output[0].text).toHaveLength(6_000);
  expect(found).toEqual(['completed']);
  expect(heard.join('')).not.toContain('response.completed');
  expect(heard.at(-1)).toBe('fail store_full');
  expect(() => responses.events('alice', id)).toThrow(expect.objectContaining({ code: 'unsupported_value' }));
});

test('an end that is too large when it is written again is told as a failure alone', async () => {
  const { start, heard, object, lines } = rig({ bytes: 20_000 });
  const { id, call } = await start({ stream: true });
  streams(call);
  // Six bytes of it are written again as 22.
  const grows = `{"status":"completed","output":[${'1e20, '.repeat(1_000)}1]}`;
  call.observer.chunk(utf8(`data: {"type":"response.completed","response":${grows}}\n\n`), 1);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'failed', error: { code: 'store_full' } });
  expect(heard.slice(-3)).toEqual([expect.stringContaining('event: error\n'), expect.stringContaining('event: response.failed\n'), 'end']);
  expect(heard.join('')).not.toContain('response.completed');
  expect(numbers(heard)).toEqual([...numbers(heard).keys()]);
  expect(lines).toMatchObject([{ fields: { state: 'failed', code: 'store_full' } }]);
});

test('a reader that cancels as it hears the end finds it, and changes nothing', async () => {
  const { start, responses, heard, object, client, lines } = rig();
  const { id, call } = await start({ stream: true });
  streams(call);
  const found: string[] = [];
  client.hears = (bytes) => {
    if (text(bytes).includes('response.completed')) found.push(text(responses.cancel('alice', id).response));
  };
  call.observer.chunk(finalEvent('b'), 1);
  call.observer.end(undefined);
  expect(found.map((json) => JSON.parse(json))).toEqual([object(id)]);
  expect(object(id)).toMatchObject({ status: 'completed', output: [{ text: 'b' }] });
  expect(heard.join('')).not.toContain('response.cancelled');
  expect(call.signal.aborted).toBe(false);
  expect(lines).toMatchObject([{ fields: { state: 'completed' } }]);
});

test('a reader that cancels as it hears an event ends it once', async () => {
  const { start, responses, heard, object, client } = rig();
  const { id, call } = await start({ stream: true });
  streams(call);
  client.hears = () => void responses.cancel('alice', id);
  call.observer.chunk(Buffer.concat([delta('a'), delta('b'), finalEvent('c')]), 3);
  call.observer.end(undefined);
  expect(object(id).status).toBe('cancelled');
  expect(heard.filter((frame) => frame.includes('delta'))).toHaveLength(1);
  expect(heard.slice(-3)).toEqual([expect.stringContaining('response.cancelled'), 'data: [DONE]\n\n', 'end']);
});

test('a model that says it was cancelled has ended', async () => {
  const { start, heard, object, lines } = rig();
  const { id, call } = await start({ stream: true });
  streams(call);
  call.observer.chunk(event('response.cancelled', { status: 'cancelled', output: [] }), 1);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ id, status: 'cancelled' });
  expect(heard.slice(-3)).toEqual([expect.stringContaining('response.cancelled'), 'data: [DONE]\n\n', 'end']);
  expect(lines).toMatchObject([{ message: 'background response', fields: { state: 'cancelled', code: undefined } }]);
});

test('a code that is text of its own is passed on to nobody', async () => {
  const { start, heard, object, lines } = rig();
  const { id, call } = await start({ stream: true });
  streams(call);
  const error = { code: 'the prompt was: my secret', message: 'no' };
  const told = { type: 'error', ...error, error };
  call.observer.chunk(eventFrame('error', JSON.stringify(told)).bytes, 1);
  call.observer.chunk(event('response.failed', { output: [], error }), 1);
  call.observer.end(undefined);
  expect(object(id)).toMatchObject({ status: 'failed', error: { code: 'server_error', message: 'no' } });
  expect(heard.slice(-3)).toEqual([
    expect.stringContaining('"error":{"code":"server_error","message":"no"}'),
    expect.stringContaining('response.failed'),
    'end',
  ]);
  expect(lines).toMatchObject([{ fields: { state: 'failed', code: 'internal_error' } }]);
  expect(JSON.stringify([heard, lines])).not.toContain('secret');
});

test('of a failure that the thread has told by its events the log has the code alone', async () => {
  const { start, lines } = rig();
  const { call } = await start({ stream: true });
  streams(call);
  call.observer.chunk(event('response.failed', { output: [], error: { code: 'told_to', message: 'no' } }), 1);
  call.observer.fail(new InferenceError('invalid_value', 'no', { status: 400, cause: new Error('stack') }), true);
  expect(lines).toEqual([{ message: 'background response', fields: expect.objectContaining({ state: 'failed', code: 'invalid_value' }) }]);
});

test('the deadline fails what runs, and ends its readers', async () => {
  const { clock, start, heard, object } = rig();
  const { id, call } = await start({ stream: true });
  streams(call);
  call.observer.chunk(delta('a'), 1);
  clock.advance(999);
  expect(call.signal.aborted).toBe(false);
  clock.advance(1);
  call.observer.fail(call.signal.reason, false);
  expect(object(id)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
  expect(heard.slice(-3)).toEqual([
    expect.stringContaining('"code":"timeout"'),
    expect.stringContaining('event: response.failed\n'),
    'end',
  ]);
  expect(numbers(heard)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('what is not read yet counts in the store, until the response is settled', async () => {
  const { start, store, responses } = rig();
  const { id, call } = await start({});
  call.observer.head(jsonHead);
  const before = store.bytes;
  call.observer.chunk(utf8('{'.padEnd(5_000)), 0);
  expect(store.bytes - before).toBe(5_000);
  responses.cancel('alice', id);
  expect(store.bytes).toBeLessThan(before);
});

test('what a program is given lies in memory of its own', async () => {
  const { start, client, responses } = rig();
  const given: Uint8Array[] = [];
  client.hears = (bytes) => void given.push(bytes);
  const { id, call } = await start({});
  given.push(responses.get('alice', id).response, responses.get('alice', id).input);
  call.observer.head(jsonHead);
  call.observer.chunk(utf8(JSON.stringify(final('b'))), 0);
  call.observer.end(undefined);
  given.push(responses.get('alice', id).response);
  expect(given.map(({ buffer }) => buffer.byteLength)).toEqual(given.map(({ byteLength }) => byteLength));
});

test.each([
  ['text.format.schema', { code: 'invalid_value', message: 'no', param: 'text.format.schema' }],
  [undefined, { code: 'invalid_value', message: 'no' }],
])('the error of a failed response names what is wrong where it is %s', async (param, error) => {
  const { start, object } = rig();
  const { id, call } = await start({});
  call.observer.fail(new InferenceError('invalid_value', 'no', param === undefined ? {} : { param }), false);
  expect([object(id).status, object(id).error]).toEqual(['failed', error]);
});
