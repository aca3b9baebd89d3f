// One cell of the client matrix: a test whose name says client, route and column, against the server that run.mjs started.

import assert from 'node:assert/strict';
import { test } from 'node:test';

export type Client =
  | 'openai'
  | '@anthropic-ai/sdk'
  | '@ai-sdk/openai-compatible'
  | '@ai-sdk/openai'
  | '@ai-sdk/anthropic'
  | '@ai-sdk/open-responses'
  | '@langchain/openai'
  | '@langchain/anthropic';
export type Route = 'chat completions' | 'completions' | 'embeddings' | 'responses' | 'messages';
export type Column = 'plain' | 'stream' | 'tools' | 'schema' | 'error' | 'abort';

/** Where the server listens, without a path. */
export const serverUrl = process.env['HEDDLE_URL'] ?? '';
assert.notEqual(serverUrl, '', 'expected HEDDLE_URL; run this by npm run test:clients');

export const chatModel = 'smollm2';
export const embeddingModel = 'minilm';
/** No keys are set in the server, but every client insists on having one. */
export const apiKey = 'unused';
export const question = 'What is the capital of France?';
/** Its answer is longer than any test waits, so that work which nobody stops is seen. */
export const longTask = 'Write a very long story about a river. Use at least two thousand words.';
/** Far from the end of the answer at the first token, even on a fast machine. */
export const longAnswer = 2000;

/** Registers a test. The table of the reporter is made of its name. */
export function cell(client: Client, route: Route, column: Column, behaviour: string, run: () => Promise<void>): void {
  test([client, route, column, behaviour].join(' | '), { timeout: 120_000 }, run);
}

/** Makes a call when it is first asked for; later it gives the same reply. For greedy answers that several cells compare with. */
export function once<T>(call: () => PromiseLike<T>): () => Promise<T> {
  let reply: Promise<T> | undefined;
  return () => {
    reply ??= Promise.resolve(call());
    return reply;
  };
}

/** Resolves when the model runs nothing. Throws: Error where it still does after ten seconds. */
export function idle(model = chatModel): Promise<void> {
  return runs(model, 0);
}

/** Resolves when the model runs as many calls. Throws: Error where it does not within ten seconds. */
export async function runs(model: string, wanted: number): Promise<void> {
  const bound = AbortSignal.timeout(10_000);
  for (;;) {
    const reply = await fetch(`${serverUrl}/v1/models/${model}`);
    const { running, queued } = (await reply.json()) as { running: number; queued: number }; // what docs/routes.md tells
    if (running === wanted && queued === 0) return;
    assert.ok(!bound.aborted, `expected ${wanted} running calls within ten seconds, got ${running} running and ${queued} queued`);
  }
}

/** Asserts that `call` rejects with the given class, and returns the error. */
export async function rejection<E extends Error>(call: Promise<unknown>, kind: abstract new (...args: never[]) => E): Promise<E> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof kind, `expected a rejection with ${kind.name}, got ${String(error)}`);
  return error;
}

/** All of an iterable, in order. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
