// The main thread stays free while both models have more to do than they can: its loop is never late by much.

import { expect, test } from 'vitest';
import { Client, closedLoop } from './client.ts';
import { expectBelow, figure, rounds } from './figures.ts';
import { ServerProcess } from './server-process.ts';

// Enough callers that neither model ever waits for work: more than its replicas take at once.
const embedders = 32;
const chatters = 8;

test('the event loop is late by less than 20 ms at p99 while both models are saturated', async () => {
  const server = await ServerProcess.start([]);
  const client = new Client(server.port, embedders + chatters);
  let embeddings = 0;
  let chunks = 0;
  const embed = async (): Promise<void> => {
    const { status } = await client.send('POST', '/v1/embeddings', {
      model: 'minilm',
      input: 'the quick brown fox jumps over the lazy dog',
    });
    expect(status).toBe(200);
    embeddings += 1;
  };
  const chat = async (): Promise<void> => {
    const body = { messages: [{ role: 'user', content: 'Tell me a story.' }], max_tokens: 32, stream: true };
    const { status, arrivals } = await client.send('POST', '/v1/chat/completions', body);
    expect(status).toBe(200);
    chunks += arrivals.length;
  };
  const seconds = rounds(60, 5);
  try {
    await closedLoop(4, performance.now() + 500, embed); // the first calls compile
    await server.loopDelay(true);
    const endsAt = performance.now() + seconds * 1_000;
    await Promise.all([closedLoop(embedders, endsAt, embed), closedLoop(chatters, endsAt, chat)]);
    const { p50Ms, p99Ms, maxMs } = await server.loopDelay(false);
    figure('event-loop delay', `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, max ${maxMs.toFixed(1)} ms over ${seconds} s`);
    figure('meanwhile', `${(embeddings / seconds).toFixed(0)} embeddings/s, ${(chunks / seconds).toFixed(0)} chat chunks/s`);
    expectBelow('event-loop delay', p99Ms, 20);
  } finally {
    client.close();
    expect(await server.stop()).toBe(0);
  }
});
