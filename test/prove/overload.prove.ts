// Ten times more work than the server can do: refusals are quick and say when to come back, and the accepted lose little.

import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { type Answer, Client } from './client.ts';
import { expectBelow, figure, inMs, quantile, rounds } from './figures.ts';
import { ServerProcess } from './server-process.ts';

// Long enough that a call is work (about 20 ms of a core), so that ten times the capacity can be sent from the same machine.
const body = { model: 'minilm', input: 'the quick brown fox jumps over the lazy dog '.repeat(13) };
const seconds = rounds(20, 4);
// The queue of minilm and the calls that its replicas take at once: more than all of them cannot be accepted.
const places = 256 + 64 * availableParallelism();

interface Load {
  readonly accepted: readonly number[];
  readonly refused: readonly Answer[];
  readonly offered: number;
}

/** Sends `atOnce` calls, then `rate` per second by an absolute schedule, whatever comes back, and waits for every answer. */
async function openLoop(client: Client, rate: number, forSeconds: number, atOnce = 0): Promise<Load> {
  const started = performance.now();
  const answers: Promise<Answer>[] = [];
  const total = atOnce + Math.round(rate * forSeconds);
  while (answers.length < total) {
    const due = Math.min(total, atOnce + Math.floor(((performance.now() - started) / 1_000) * rate));
    while (answers.length < due) answers.push(client.send('POST', '/v1/embeddings', body));
    await new Promise((resolve) => setTimeout(resolve, 1)); // the pace of a schedule, not a wait for something
  }
  const all = await Promise.all(answers);
  return {
    accepted: all.filter(({ status }) => status === 200).map(({ ms }) => ms),
    refused: all.filter(({ status }) => status !== 200),
    offered: total,
  };
}

/** Calls per second with as many callers as keep both replicas busy and nobody waiting in the queue for long. */
async function capacity(client: Client): Promise<number> {
  const forMs = rounds(5_000, 1_500);
  const endsAt = performance.now() + forMs;
  let done = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (performance.now() < endsAt) {
        await client.send('POST', '/v1/embeddings', body);
        done += 1;
      }
    }),
  );
  return done / (forMs / 1_000);
}

test('at ten times its capacity the server refuses at once and serves the accepted as at full queue', async () => {
  const server = await ServerProcess.start(['--only', 'minilm']);
  const client = new Client(server.port, 2_000);
  try {
    await capacity(client); // warms up
    const rate = await capacity(client);
    const alone = await openLoop(client, rate * 0.3, rounds(5, 2));
    // As much comes as goes, behind a queue that is full from the beginning.
    const full = await openLoop(client, rate, seconds, places);
    const over = await openLoop(client, rate * 10, seconds, places);
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // the second that the server has to recover
    const after = await openLoop(client, rate * 0.3, rounds(5, 2));

    figure('capacity', `${rate.toFixed(0)} calls/s of 130 tokens`);
    figure('30 % of capacity', inMs(alone.accepted));
    figure('at capacity behind a full queue', `${inMs(full.accepted)}; refused ${full.refused.length} of ${full.offered}`);
    figure('10 × capacity', `${inMs(over.accepted)}; refused ${over.refused.length} of ${over.offered}`);
    figure('one second later, 30 %', inMs(after.accepted));
    const times = server.log.flatMap((line) => (line['status'] === 429 && typeof line['totalMs'] === 'number' ? [line['totalMs']] : []));
    figure('refusals, server time', inMs(times));

    for (const { status, headers } of [...full.refused, ...over.refused]) {
      expect(status).toBe(429);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    expect(over.refused.length).toBeGreaterThan(over.accepted.length);
    expectBelow('a refusal', quantile(times, 0.99), 20);
    expectBelow('an accepted call', quantile(over.accepted, 0.99), 2 * quantile(full.accepted, 0.99));
    expect(after.refused).toEqual([]);
    expectBelow('a call one second later', quantile(after.accepted, 0.5), 2 * quantile(alone.accepted, 0.5));
  } finally {
    client.close();
    expect(await server.stop()).toBe(0);
  }
});
