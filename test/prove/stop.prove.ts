// SIGTERM under load, again and again: the server ends with 0, answers what it accepted, and ends its streams with an error.

import { expect, test } from 'vitest';
import { type Answer, Client } from './client.ts';
import { figure, inMs, rounds } from './figures.ts';
import { ServerProcess } from './server-process.ts';

// The embeddings have to end within it on a machine with neighbours, the stream by no means.
const drainTimeoutMs = 4_000;
const times = rounds(20, 2);
const stopMs: number[] = [];
let whole = 0;
let cut = 0;

/** Text of the last event of a stream. */
function lastEvent(text: string): string {
  return text.trimEnd().split('\n\n').at(-1) ?? '';
}

/** Loads the server, stops it in the middle, and checks every answer. */
async function stopUnderLoad(): Promise<void> {
  const server = await ServerProcess.start(['--drain-timeout-ms', String(drainTimeoutMs)]);
  const client = new Client(server.port, 200);
  try {
    // More than the replicas take at once, so that some are queued when the signal comes.
    const texts = Array.from({ length: 40 }, (_, index) =>
      client.send('POST', '/v1/embeddings', { model: 'minilm', input: `text ${index} `.repeat(20) }),
    );
    const story = {
      messages: [{ role: 'user', content: 'Tell me a long story about the sea.' }],
      max_tokens: 4_000,
      seed: 1,
      temperature: 2,
    };
    const stream = client.send('POST', '/v1/chat/completions', { ...story, stream: true });
    const second = client.send('POST', '/v1/chat/completions', story);
    await allAccepted(client, [...texts, stream, second]);
    const signalled = performance.now();
    server.signal('SIGTERM');
    await refused(client);
    const answers = await Promise.all(texts);
    for (const answer of answers) expect(answer.status).toBe(200);
    whole += answers.length;
    checkCut(await stream);
    // Behind a stream that takes longer than the drain it cannot be finished: it is told so, and not cut off.
    const { status } = await second;
    expect([200, 503]).toContain(status);
    expect(await server.exited).toBe(0);
    stopMs.push(performance.now() - signalled);
  } finally {
    client.close();
    await server.stop();
  }
}

/** Resolves when the server has accepted all calls: each is open there or answered here. What it has not read yet it may refuse. */
async function allAccepted(client: Client, calls: readonly Promise<unknown>[]): Promise<void> {
  let answered = 0;
  for (const call of calls) void call.then(() => (answered += 1));
  for (;;) {
    const before = answered;
    const models = await Promise.all(['minilm', 'smollm2'].map((name) => client.send('GET', `/v1/models/${name}`)));
    const open = models.map(({ text }) => JSON.parse(text)).reduce((sum, { queued, running }) => sum + queued + running, 0);
    if (open + before >= calls.length) return;
  }
}

/** New work gets 503 while the listener stays open, and readiness is red. */
async function refused(client: Client): Promise<void> {
  for (;;) {
    const ready = await client.send('GET', '/readyz');
    if (ready.status === 503) break;
  }
  const late = await client.send('POST', '/v1/embeddings', { model: 'minilm', input: 'too late' });
  expect(late.status).toBe(503);
  expect(Number(late.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(JSON.parse(late.text).error.code).toBe('shutting_down');
}

/** A stream that outlived the drain ends with the error of its family and without its terminator. */
function checkCut(answer: Answer): void {
  expect(answer.status).toBe(200);
  const last = lastEvent(answer.text);
  if (last === 'data: [DONE]') return; // it was over before the deadline
  expect(JSON.parse(last.slice('data: '.length)).error.code).toBe('shutting_down');
  cut += 1;
}

test(`SIGTERM under load ends the process with 0, ${times} of ${times} times`, async () => {
  for (let round = 0; round < times; round++) await stopUnderLoad();
  figure('stopped with 0', `${times} of ${times}; ${whole} accepted calls answered, none lost; ${cut} streams ended with an error`);
  figure(`from the signal to the end, drain ${drainTimeoutMs} ms`, inMs(stopMs));
});
