// A model that will not stop, in JavaScript or in native code: its client is answered on time, its neighbours go on, and its
// thread is replaced as soon as that is safe.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';
import { until } from '../support/until.ts';
import { Client, closedLoop } from './client.ts';
import { expectBelow, figure, inMs, quantile, rounds } from './figures.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/models/${name}`, import.meta.url));
const deadlineMs = 1_000;
const neighbours = 2;
const measureMs = rounds(5_000, 1_000);

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await serve([fixture('stubborn'), fixture('slow-native'), `${modelsDir}/minilm`]);
  client = new Client(server.port, neighbours);
});

afterAll(async () => {
  client.close();
  expect(await server.close()).toBe(true);
});

/** Latencies of the neighbour while `during` lasts. */
async function neighbour(forMs: number): Promise<readonly number[]> {
  const times: number[] = [];
  await closedLoop(neighbours, performance.now() + forMs, async () => {
    const { status, ms } = await client.send('POST', '/v1/embeddings', { model: 'minilm', input: 'a text of a usual length '.repeat(4) });
    expect(status).toBe(200);
    times.push(ms);
  });
  return times;
}

function call(name: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-heddle-timeout-ms': String(deadlineMs) };
  return server.post(`/models/${name}/predict`, body, { headers });
}

const replicas = (name: string) => server.runtime.model(name)?.replicas;

interface Stuck {
  readonly name: string;
  readonly body: object;
}

/** Gets `stuck` going, and looks at its client, its neighbours and its replacement. */
async function survive({ name, body }: Stuck): Promise<void> {
  await neighbour(measureMs); // warms up
  const alone = await neighbour(measureMs);
  const started = performance.now();
  const answer = call(name, body).then(async (reply) => ({
    reply,
    ms: performance.now() - started,
    code: (await bodyOf(reply)).error?.code,
  }));
  const beside = neighbour(deadlineMs + 200);
  const { reply, ms, code } = await answer;
  expect([reply.status, code]).toEqual([504, 'timeout']);
  const latencies = await beside;
  await until(() => replicas(name)?.ready === 1);
  const replacedMs = performance.now() - started - deadlineMs;
  figure(`${name}: answered`, `after ${ms.toFixed(0)} ms, deadline ${deadlineMs} ms`);
  figure(`${name}: neighbours alone`, inMs(alone));
  figure(`${name}: neighbours beside it`, `${inMs(latencies)}, ${(quantile(latencies, 0.5) / quantile(alone, 0.5)).toFixed(2)} × at p50`);
  figure(`${name}: serves again`, `${replacedMs.toFixed(0)} ms after the deadline`);
  expect(ms).toBeGreaterThanOrEqual(deadlineMs - 1);
  expectBelow('the answer', ms, deadlineMs + 200);
  expectBelow('a neighbour', quantile(latencies, 0.5), 2.5 * quantile(alone, 0.5));
}

test('an endless synchronous loop', async () => {
  await survive({ name: 'stubborn', body: { op: 'spin' } });
  expect((await server.post('/models/stubborn/predict', { op: 'echo' })).status).toBe(200);
});

test('a long native run is waited for, and only then its thread is ended', async () => {
  const { ms } = await bodyOf(await server.post('/models/slow-native/predict', { steps: 20_000 }));
  const runMs = 6_000;
  const started = performance.now();
  await survive({ name: 'slow-native', body: { steps: Math.round((20_000 * runMs) / ms) } });
  // Not before the run was over: ending the thread inside it would have aborted this process.
  figure('slow-native: native run of about', `${runMs} ms; replaced after ${(performance.now() - started).toFixed(0)} ms`);
  expect((await server.post('/models/slow-native/predict', { steps: 10 })).status).toBe(200);
});
