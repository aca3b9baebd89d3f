// What becomes of background responses when their model or their server ends, and on a server that stores none.

import { fileURLToPath } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import { Runtime } from 'heddle';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { bodyOf, MemoryLogger, serve, type TestServer } from '../support/serve.ts';
import { until } from '../support/until.ts';

const scripted = fileURLToPath(new URL('../fixtures/models/scripted', import.meta.url));
const channel = new BroadcastChannel('scripted');
let server: TestServer;

beforeEach(async () => {
  server = await serve([scripted]);
});
afterEach(async () => {
  expect(await server.close()).toBe(true);
});
afterAll(() => channel.close());

const post = () => server.post('/v1/responses', { input: 'hello', background: true });
const get = async (id: string) => bodyOf(await fetch(`${server.url}/v1/responses/${id}`));
const runs = () => until(() => server.runtime.model('scripted')?.running === 1);

test('an unload that does not wait fails what runs and what waits, and says so in the objects', async () => {
  const [running, waiting] = [await bodyOf(await post()), await bodyOf(await post())];
  await runs();
  await server.runtime.unload('scripted', 0);
  for (const { id } of [running, waiting]) expect(await get(id)).toMatchObject({ id, status: 'failed', error: { code: 'replica_lost' } });
});

test('a stop takes nothing new and waits for what runs', async () => {
  const [running, waiting] = [await bodyOf(await post()), await bodyOf(await post())];
  await runs();
  const drained = server.runtime.drain(60_000);
  expect((await post()).status).toBe(503);
  channel.postMessage('end');
  channel.postMessage('end');
  await drained;
  expect([(await get(running.id)).status, (await get(waiting.id)).status]).toEqual(['completed', 'completed']);
});

test('a stop fails what outlives the drain', async () => {
  const { id } = await bodyOf(await post());
  await runs();
  await server.runtime.drain(0);
  expect(await get(id)).toMatchObject({ status: 'failed', error: { code: 'shutting_down' } });
});

test('a server without a store refuses the background', async () => {
  const runtime = new Runtime({ logger: new MemoryLogger(), responsesStore: false });
  await runtime.load(scripted);
  const refused = { code: 'unsupported_value', status: 400, param: 'background' };
  await expect(runtime.call('responses', { input: 'hello', background: true })).rejects.toMatchObject(refused);
  expect((await runtime.call('responses', { input: 'own object', background: false })).status).toBe(200);
  expect(await runtime.close()).toBe(true);
});
