// The documented order of checks: of two things wrong with one request, the earlier check answers.

import { BroadcastChannel } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OneSocket } from '../support/one-socket.ts';
import { serve, type TestServer } from '../support/serve.ts';

const key = { 'x-api-key': 'sesame' };
const messages = [{ role: 'user', content: 'hi' }];
const chat = '/v1/chat/completions';
const big = { messages, user: 'x'.repeat(3_000) };

let server: TestServer;
let client: OneSocket;
let loaded: Promise<void>;

beforeAll(async () => {
  server = await serve([], { apiKeys: { tester: 'sesame' }, bodyLimitBytes: 2_000 });
  client = new OneSocket(server.port);
  loaded = server.runtime.load(fileURLToPath(new URL('../fixtures/models/waiting', import.meta.url)));
  // Per turn of the loop: the construction on the thread has no event here.
  while (server.runtime.model('waiting')?.methods.length !== 1) await new Promise((resolve) => setImmediate(resolve));
});

afterAll(async () => {
  client.close();
  expect(await server.close()).toBe(true);
});

/** Sends a request and tells what refused it. */
async function refusal(verb: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = key): Promise<unknown[]> {
  const reply = await client.send(verb, path, body, headers);
  return [reply.status, reply.body.error.code, reply.body.error.param];
}

// The model still loads while these are asked. Each row breaks its check and the next one of the order.
const xml = { ...key, 'content-type': 'text/xml' };
const chunked = { ...key, 'transfer-encoding': 'chunked' };
const rows: readonly (readonly [string, Parameters<typeof refusal>, readonly unknown[]])[] = [
  ['an unknown path before another verb', ['DELETE', '/v1/nothing', undefined, {}], [404, 'unknown_url', null]],
  ['another verb before the key', ['GET', chat, undefined, {}], [405, 'method_not_allowed', null]],
  ['a route without a model before the key', ['POST', '/v1/embeddings', {}, {}], [404, 'unknown_url', null]],
  ['the key before the size', ['POST', chat, big, {}], [401, 'invalid_api_key', null]],
  ['the size before the media type', ['POST', chat, big, xml], [413, 'request_too_large', null]],
  ['the media type before the parse', ['POST', chat, Buffer.from('{'), xml], [415, 'unsupported_media_type', null]],
  ['the parse before the schema', ['POST', chat, Buffer.from('{"messages": 5')], [400, 'invalid_json', null]],
  ['the size while reading before the parse', ['POST', chat, Buffer.from('{'.repeat(3_000)), chunked], [413, 'request_too_large', null]],
  ['the schema before the model', ['POST', chat, { model: 'nobody' }], [400, 'missing_required_parameter', 'messages']],
  ["the model before the model's schema", ['POST', chat, { model: 'nobody', messages }], [404, 'model_not_found', 'model']],
  [
    "the model's schema before a capability",
    ['POST', chat, { messages, tools: [{ type: 'function', function: { name: 'look' } }] }],
    [400, 'missing_required_parameter', 'user'],
  ],
  [
    'a capability before readiness',
    ['POST', chat, { messages, user: 'me', tools: [{ type: 'function', function: { name: 'look' } }] }],
    [400, 'unsupported_parameter', 'tools'],
  ],
  ['readiness last of all, before there is a queue', ['POST', chat, { messages, user: 'me' }], [503, 'model_loading', null]],
];

test.each(rows)('%s', async (_, request, expected) => {
  expect(await refusal(...request)).toEqual(expected);
});

test('a full queue before the call, and a stopping server before a full queue', async () => {
  const channel = new BroadcastChannel('waiting: load');
  channel.postMessage('now');
  channel.close();
  await loaded;
  const held = server.post(chat, { messages, user: 'me' }, { headers: { 'content-type': 'application/json', ...key } });
  while (server.runtime.model('waiting')?.running !== 1) await new Promise((resolve) => setImmediate(resolve));
  expect(await refusal('POST', chat, { messages, user: 'me' })).toEqual([429, 'rate_limit_exceeded', null]);
  const drained = server.runtime.drain(60_000);
  expect(await refusal('POST', chat, { messages, user: 'me' })).toEqual([503, 'shutting_down', null]);
  // Said until it is heard: that the call runs does not tell that the model listens.
  const answer = new BroadcastChannel('waiting: answer');
  let answered = false;
  const reply = held.finally(() => {
    answered = true;
  });
  while (!answered) {
    answer.postMessage('now');
    await new Promise((resolve) => setImmediate(resolve));
  }
  answer.close();
  expect((await reply).status).toBe(200);
  await drained;
});
