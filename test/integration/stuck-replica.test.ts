// A call that does not end, on a thread that must not be ended: the server says that it is beyond help, and when it no longer is.

import { setEnvironmentData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, serve, type TestServer } from '../support/serve.ts';
import { until } from '../support/until.ts';

const words = new Int32Array(new SharedArrayBuffer(8));
let server: TestServer;

beforeAll(async () => {
  setEnvironmentData('fragile', words);
  server = await serve([fileURLToPath(new URL('../fixtures/models/fragile', import.meta.url))]);
});

afterAll(async () => {
  release();
  expect(await server.close()).toBe(true);
});

/** Lets the blocked call go on. */
function release(): void {
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
}

const replicas = () => server.runtime.model('fragile')?.replicas;
const live = async () => (await fetch(`${server.url}/livez`)).status;
const call = (op: string, signal: AbortSignal | null = null) => server.post('/models/fragile/predict', { op }, { signal });

test('liveness is red while every replica is stuck, and green when the call returns', async () => {
  expect(await live()).toBe(200);
  const client = new AbortController();
  const stuck = call('block', client.signal);
  await until(() => server.logger.lines.some(({ message }) => message === 'block'));
  client.abort();
  await expect(stuck).rejects.toThrow();
  await until(() => replicas()?.retired === 1);
  // Retired is not lost yet: there is a grace before it counts as stuck.
  await until(() => !server.runtime.alive);
  expect(await live()).toBe(503);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  // The way out of rung 5 without a new process: the call ends after all.
  release();
  await until(() => replicas()?.ready === 1);
  expect(await live()).toBe(200);
  expect(await (await call('count')).json()).toBe(2);
});

test('a call on a thread that dies is told to be sent again, and the next one is served', async () => {
  const reply = await call('exit');
  expect(reply.status).toBe(503);
  expect((await bodyOf(reply)).error.code).toBe('replica_lost');
  expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  // Waits in the queue for the replacement.
  expect(await (await call('count')).json()).toBe(1);
});
