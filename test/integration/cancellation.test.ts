// A client that leaves stops its work, over real sockets and real threads.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postText, sendRaw } from '../support/raw-request.ts';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';
import { until as holds } from '../support/until.ts';

let server: TestServer;

beforeAll(async () => {
  const stubborn = fileURLToPath(new URL('../fixtures/models/stubborn', import.meta.url));
  server = await serve([stubborn, `${modelsDir}/smollm2`], { stalledWriteMs: 300 });
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

function open(path: string, body: object, headers = ''): Promise<Socket> {
  return sendRaw(server.port, postText(path, body, headers));
}

/** Resolves when the model's counts satisfy `wanted`. */
function until(name: string, wanted: (counts: { running: number; queued: number }) => boolean): Promise<void> {
  return holds(() => {
    const view = server.runtime.model(name);
    return view !== undefined && wanted(view);
  });
}

const idle = ({ running, queued }: { running: number; queued: number }) => running === 0 && queued === 0;

async function echo() {
  const body = await bodyOf(await server.post('/models/stubborn/predict', { op: 'echo' }));
  // The reply comes before the place is free; a call that counts as running would mislead who waits for another to run.
  await until('stubborn', idle);
  return body;
}

test('a running synchronous loop sees its client leave', async () => {
  const socket = await open('/models/stubborn/predict', { op: 'obey' });
  await until('stubborn', ({ running }) => running === 1);
  socket.destroy();
  await until('stubborn', idle);
  // A loop that saw nothing would go on until its replica is retired and ended.
  expect(server.runtime.model('stubborn')?.replicas).toEqual({ ready: 1, retired: 0, total: 1 });
});

test('a queued call whose client left never reaches the model', async () => {
  const { calls } = await echo();
  const first = await open('/models/stubborn/predict', { op: 'stream' });
  await once(first, 'data');
  const second = await open('/models/stubborn/predict', { op: 'echo' });
  await until('stubborn', ({ queued }) => queued === 1);
  second.destroy();
  await until('stubborn', ({ queued }) => queued === 0);
  first.destroy();
  await until('stubborn', idle);
  expect((await echo()).calls).toBe(calls + 2);
});

test('a full queue refuses with a Retry-After', async () => {
  const held = [await open('/models/stubborn/predict', { op: 'obey' })];
  await until('stubborn', ({ running }) => running === 1);
  held.push(await open('/models/stubborn/predict', { op: 'echo' }), await open('/models/stubborn/predict', { op: 'echo' }));
  await until('stubborn', ({ queued }) => queued === 2);
  const refused = await server.post('/models/stubborn/predict', { op: 'echo' });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  for (const socket of held) socket.destroy();
  await until('stubborn', idle);
});

test('the finally of a stream runs when its client leaves', async () => {
  const { finished } = await echo();
  const socket = await open('/models/stubborn/predict', { op: 'stream' });
  await once(socket, 'data');
  socket.destroy();
  await until('stubborn', idle);
  expect((await echo()).finished).toBe(finished + 1);
});

test('a client that stops reading pauses the model and then counts as gone', async () => {
  const { finished } = await echo();
  const socket = await open('/models/stubborn/predict', { op: 'flood' });
  socket.pause();
  await until('stubborn', ({ running }) => running === 1);
  await until('stubborn', idle);
  expect((await echo()).finished).toBe(finished + 1);
  socket.destroy();
});

test('an endless loop is answered on time, and its thread is replaced', async () => {
  const reply = await server.post(
    '/models/stubborn/predict',
    { op: 'spin' },
    { headers: { 'content-type': 'application/json', 'x-heddle-timeout-ms': '300' } },
  );
  expect(reply.status).toBe(504);
  expect((await bodyOf(reply)).error.code).toBe('timeout');
  // A new instance counts from the start.
  expect(await echo()).toEqual({ calls: 1, finished: 0 });
});

test('what a model throws stays on the server, unless it is an HttpError', async () => {
  const thrown = await server.post('/models/stubborn/predict', { op: 'throw' });
  expect(thrown.status).toBe(500);
  expect(await thrown.text()).not.toContain('secret');
  const refused = await server.post('/models/stubborn/predict', { op: 'refuse' });
  expect(refused.status).toBe(422);
  expect((await bodyOf(refused)).error).toMatchObject({ code: 'no_face', param: 'image' });
});

test('a decode stops between two steps when its client leaves', async () => {
  const socket = await open('/v1/chat/completions', {
    messages: [{ role: 'user', content: 'Count to one thousand.' }],
    stream: true,
    max_tokens: 2000,
  });
  await once(socket, 'data');
  socket.destroy();
  await until('smollm2', idle);
  expect(server.runtime.model('smollm2')?.replicas).toMatchObject({ ready: 1, retired: 0 });
});

test('a prefill stops between two chunks when its client leaves', async () => {
  const socket = await open('/v1/completions', { prompt: 'word '.repeat(3000), max_tokens: 1 });
  await until('smollm2', ({ running }) => running === 1);
  socket.destroy();
  await until('smollm2', idle);
  expect(server.runtime.model('smollm2')?.replicas).toMatchObject({ ready: 1, retired: 0 });
});
