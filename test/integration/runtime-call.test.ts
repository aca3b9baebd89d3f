// The runtime without HTTP: a body in, a web Response out, and the same cancellation.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Runtime } from 'heddle';
import { bodyOf, MemoryLogger, modelsDir } from '../support/serve.ts';
import { until } from '../support/until.ts';

const runtime = new Runtime({ logger: new MemoryLogger() });

beforeAll(async () => {
  const stubborn = fileURLToPath(new URL('../fixtures/models/stubborn', import.meta.url));
  await Promise.all([stubborn, `${modelsDir}/minilm`].map((dir) => runtime.load(dir)));
});

afterAll(async () => {
  expect(await runtime.close()).toBe(true);
});

const running = (name: string): number => runtime.model(name)?.running ?? 0;
const stubborn = { model: 'stubborn' };

test('a call answers as its route would', async () => {
  const reply = await runtime.call('embeddings', { model: 'all-MiniLM-L6-v2', input: ['one', 'two'] });
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const { data, model } = await bodyOf(reply);
  expect(model).toBe('minilm');
  expect(data.map(({ embedding }: { embedding: number[] }) => embedding.length)).toEqual([384, 384]);
});

test('what is wrong with a call is thrown', async () => {
  await expect(runtime.call('embeddings', { input: '' })).rejects.toMatchObject({ code: 'invalid_value', param: 'input' });
  await expect(runtime.call('chatCompletions', { messages: [{ role: 'user', content: 'hi' }] })).rejects.toMatchObject({ status: 404 });
  await expect(runtime.call('predict', {}, { model: 'nobody' })).rejects.toMatchObject({ code: 'model_not_found' });
  await expect(runtime.call('predict', { op: 'refuse' }, stubborn)).rejects.toMatchObject({ status: 422, code: 'no_face' });
});

test('a stream is read as it comes, and its reader may leave', async () => {
  const reply = await runtime.call('predict', { op: 'stream' }, stubborn);
  const reader = reply.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(Buffer.from(value ?? []).toString()).toBe('data: {"tick":0}\n\n');
  expect(running('stubborn')).toBe(1);
  await reader?.cancel();
  await until(() => running('stubborn') === 0);
});

test('a stream that nobody reads pauses its model, and goes on when it is read', async () => {
  const reply = await runtime.call('predict', { op: 'flood' }, stubborn);
  const reader = reply.body?.getReader();
  let bytes = 0;
  // Far more than the window: without credits the model would have stopped by then.
  while (bytes < 4 * 2 ** 20) bytes += ((await reader?.read())?.value ?? new Uint8Array()).byteLength;
  await reader?.cancel();
  await until(() => running('stubborn') === 0);
});

test('the signal stops a call before its answer and in the midst of it, with its own reason', async () => {
  const early = new AbortController();
  const waiting = runtime.call('predict', { op: 'obey' }, { ...stubborn, signal: early.signal });
  await until(() => running('stubborn') === 1);
  early.abort(new Error('no longer wanted'));
  await expect(waiting).rejects.toThrow('no longer wanted');
  await until(() => running('stubborn') === 0);
  const late = new AbortController();
  const reply = await runtime.call('predict', { op: 'stream' }, { ...stubborn, signal: late.signal });
  late.abort(new Error('enough'));
  await expect(reply.text()).rejects.toThrow('enough');
  await until(() => running('stubborn') === 0);
  await expect(runtime.call('predict', {}, { ...stubborn, signal: late.signal })).rejects.toThrow('enough');
});

test('a call that takes longer than it may ends with a timeout', async () => {
  await expect(runtime.call('predict', { op: 'obey' }, { ...stubborn, timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
  await until(() => running('stubborn') === 0);
});
