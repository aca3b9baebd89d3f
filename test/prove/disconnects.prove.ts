// How long a place stays taken after its client has left, for every way of leaving; and that hundreds of leavers harm nothing.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postText, sendRaw } from '../support/raw-request.ts';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';
import { Client } from './client.ts';
import { expectBelow, figure, inMs, quantile, rounds } from './figures.ts';

const stalledWriteMs = 300;
const each = rounds(50, 5);
const story = { messages: [{ role: 'user', content: 'Tell me a long story about the sea.' }], max_tokens: 2000 };
const longPrompt = { prompt: 'word '.repeat(3000), max_tokens: 1 };
const manyTexts = { model: 'minilm', input: Array.from({ length: 256 }, (_, index) => `${'a text of some length '.repeat(8)}${index}`) };

let server: TestServer;

beforeAll(async () => {
  const stubborn = fileURLToPath(new URL('../fixtures/models/stubborn', import.meta.url));
  server = await serve([stubborn, `${modelsDir}/minilm`, `${modelsDir}/smollm2`], { stalledWriteMs });
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

function counts(name: string) {
  const view = server.runtime.model(name);
  if (view === undefined) throw new Error(`expected a model named ${name}`);
  return view;
}

/** Looks once a millisecond: a tighter loop would take a core from the very decode step whose end it waits for. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(1);
}

const open = (path: string, body: object): Promise<Socket> => sendRaw(server.port, postText(path, body));
const running = (name: string, count: number): Promise<void> => until(() => counts(name).running === count);
const idle = (name: string): Promise<void> => until(() => counts(name).running === 0 && counts(name).queued === 0);

/** A moment between 0 and `mostMs` later, so that clients leave at any phase of a step. */
async function moment(mostMs: number): Promise<void> {
  await pause(Math.random() * mostMs);
}

/** Leaves `each` times, each at a moment of its own, and tells how long the place stayed taken. */
async function leaving(model: string, begin: () => Promise<Socket>, leave: (socket: Socket) => void): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < each; round++) {
    const socket = await begin();
    await moment(100);
    const left = performance.now();
    leave(socket);
    await idle(model);
    times.push(performance.now() - left);
    socket.destroy();
  }
  return times;
}

const destroy = (socket: Socket): void => void socket.destroy();

async function begun(path: string, body: object, model: string): Promise<Socket> {
  const socket = await open(path, body);
  await running(model, 1);
  return socket;
}

async function streaming(path: string, body: object): Promise<Socket> {
  const socket = await open(path, { ...body, stream: true });
  await once(socket, 'data');
  socket.resume();
  return socket;
}

test('queued: the call leaves the queue and never reaches a replica', async () => {
  const { calls } = await bodyOf(await server.post('/models/stubborn/predict', { op: 'echo' }));
  const holder = await open('/models/stubborn/predict', { op: 'stream' });
  await once(holder, 'data');
  const times: number[] = [];
  for (let round = 0; round < each; round++) {
    const socket = await open('/models/stubborn/predict', { op: 'echo' });
    await until(() => counts('stubborn').queued === 1);
    const left = performance.now();
    socket.destroy();
    await until(() => counts('stubborn').queued === 0);
    times.push(performance.now() - left);
  }
  holder.destroy();
  await idle('stubborn');
  figure('queued', inMs(times));
  const after = await bodyOf(await server.post('/models/stubborn/predict', { op: 'echo' }));
  expect(after.calls - calls).toBe(2);
});

test('decoding, whole and streamed: the place is free within one step and 20 ms', async () => {
  const client = new Client(server.port, 1);
  const { arrivals } = await client.send('POST', '/v1/chat/completions', { ...story, max_tokens: 150, stream: true });
  client.close();
  const steps = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? at));
  figure('decode step', inMs(steps));
  const whole = await leaving('smollm2', () => begun('/v1/chat/completions', story, 'smollm2'), destroy);
  figure('non-streaming', inMs(whole));
  const streamed = await leaving('smollm2', () => streaming('/v1/chat/completions', story), destroy);
  figure('streaming', inMs(streamed));
  expectBelow('from leaving to a free place', quantile(streamed, 1), quantile(steps, 1) + 20);
});

test('prefill: the place is free when the chunk has ended', async () => {
  const times = await leaving('smollm2', () => begun('/v1/completions', longPrompt, 'smollm2'), destroy);
  figure('prefill (chunks of 128 tokens)', inMs(times));
});

test('a batch of embeddings: the rows left are dropped', async () => {
  const times = await leaving('minilm', () => begun('/v1/embeddings', manyTexts, 'minilm'), destroy);
  figure('batch of 256 texts', inMs(times));
});

test('a client that stops reading counts as gone after stalled_write_ms', async () => {
  const times: number[] = [];
  for (let round = 0; round < each; round++) {
    const socket = await open('/models/stubborn/predict', { op: 'flood' });
    socket.pause();
    await running('stubborn', 1);
    const stopped = performance.now();
    await idle('stubborn');
    times.push(performance.now() - stopped - stalledWriteMs);
    socket.destroy();
  }
  figure(`stops reading, beyond the ${stalledWriteMs} ms`, inMs(times));
});

test('half-closed: the client that sent its FIN counts as gone', async () => {
  const times = await leaving(
    'smollm2',
    () => streaming('/v1/chat/completions', story),
    (socket) => socket.end(),
  );
  figure('half-closed', inMs(times));
});

test('pipelined: both calls of one connection end', async () => {
  const times = await leaving(
    'smollm2',
    async () => {
      const text = postText('/v1/chat/completions', story);
      const socket = await sendRaw(server.port, text + text);
      await until(() => counts('smollm2').running === 1 && counts('smollm2').queued === 1);
      return socket;
    },
    destroy,
  );
  figure('pipelined', inMs(times));
});

test('random leavers under load lose no thread, leak no memory and spoil no answer', async () => {
  const total = rounds(500, 60);
  const bodies: readonly (readonly [string, object])[] = [
    ['/v1/chat/completions', { ...story, stream: true }],
    ['/v1/chat/completions', story],
    ['/v1/completions', longPrompt],
    ['/v1/embeddings', manyTexts],
    ['/v1/embeddings', { model: 'minilm', input: 'one short text' }],
    ['/models/stubborn/predict', { op: 'stream' }],
  ];
  let left = 0;
  const rss: number[] = [];
  const leaver = async (): Promise<void> => {
    while (left < total) {
      left += 1;
      const [path, body] = bodies[Math.floor(Math.random() * bodies.length)] ?? ['/', {}];
      const socket = await open(path, body);
      socket.resume();
      await moment(200);
      socket.destroy();
      if (left % 50 === 0) rss.push(process.memoryUsage().rss / 2 ** 20);
    }
  };
  await Promise.all(Array.from({ length: 8 }, leaver));
  for (const name of ['stubborn', 'minilm', 'smollm2']) await idle(name);
  expect(server.logger.lines.filter(({ message }) => message === 'a model thread was lost')).toEqual([]);
  for (const name of ['stubborn', 'minilm', 'smollm2']) {
    const { ready, total: all } = counts(name).replicas;
    expect(ready).toBe(all);
  }
  figure(
    `memory over ${total} disconnects`,
    rss
      .map((mib) => mib.toFixed(0))
      .join(' → ')
      .concat(' MiB'),
  );
  // The first fifth warms the heap up; what is leaked per call would show in the rest.
  expectBelow('memory', rss.at(-1) ?? 0, (rss[1] ?? 0) + 100);
  const reply = await server.post('/v1/chat/completions', {
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    temperature: 0,
  });
  expect((await bodyOf(reply)).choices[0].message.content).toBe('The capital of France is Paris.');
});
