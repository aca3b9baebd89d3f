// The bodies and headers that each route sends.

import { expect, test } from 'vitest';
import { authHeaders } from '../../../../src/bench/requests/auth-headers.ts';
import type { Ask } from '../../../../src/bench/requests/route-form.ts';
import { requestOf } from './scenario-of.ts';

async function bodyOf(workload: object, ask: Partial<Ask> = {}): Promise<unknown> {
  return JSON.parse((await requestOf(workload, ask)).body);
}

const turns = [
  { role: 'system', content: 'be brief' },
  { role: 'user', content: 'hello' },
] as const;
const talk = { prompts: [{ text: 'hello', turns }], maxTokens: 5 };

test('chat asks with messages, and for the usage of its stream', async () => {
  expect(await bodyOf({ route: 'chat', model: 'm', max_tokens: 5 }, talk)).toEqual({
    model: 'm',
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0,
    max_tokens: 5,
    messages: turns,
  });
  expect(await bodyOf({ route: 'chat', stream: false, temperature: 0.5 })).toEqual({
    temperature: 0.5,
    messages: [{ role: 'user', content: 'hello' }],
  });
});

test('exact tokens are asked for by the extension of local servers', async () => {
  expect(await bodyOf({ route: 'chat', max_tokens: 5, exact_tokens: true }, talk)).toMatchObject({ max_tokens: 5, ignore_eos: true });
});

test('completions ask with what the user said first', async () => {
  expect(await bodyOf({ route: 'completions', stream: false }, talk)).toEqual({ temperature: 0, max_tokens: 5, prompt: 'hello' });
});

test('responses are not kept by the server', async () => {
  expect(await bodyOf({ route: 'responses' }, talk)).toEqual({
    store: false,
    stream: true,
    temperature: 0,
    max_output_tokens: 5,
    input: turns,
  });
  expect(await bodyOf({ route: 'responses', body: { store: true } })).toMatchObject({ store: true, input: 'hello' });
});

test('messages have what the system says beside them, and the version of their API', async () => {
  expect(await bodyOf({ route: 'messages', max_tokens: 5 }, talk)).toEqual({
    stream: true,
    temperature: 0,
    max_tokens: 5,
    system: 'be brief',
    messages: [turns[1]],
  });
  const { headers, path } = await requestOf({ route: 'messages', max_tokens: 5 });
  expect([path, headers]).toEqual(['/v1/messages', { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' }]);
});

test('embeddings ask for numbers unless the body asks otherwise', async () => {
  expect(await bodyOf({ route: 'embeddings', model: 'm' })).toEqual({ model: 'm', encoding_format: 'float', input: 'hello' });
  const two = { prompts: [{ text: 'a' }, { text: 'b' }] };
  expect(await bodyOf({ route: 'embeddings', body: { encoding_format: 'base64', dimensions: 8 } }, two)).toEqual({
    encoding_format: 'base64',
    dimensions: 8,
    input: ['a', 'b'],
  });
});

test('predict puts the text where its body says, escaped as JSON', async () => {
  const ask = { prompts: [{ text: 'a "b"\n' }] };
  expect(await bodyOf({ route: 'predict' }, ask)).toEqual({ input: 'a "b"\n' });
  expect(await bodyOf({ route: 'predict', body: { texts: ['$text', 'say $text!'], top: 1 } }, ask)).toEqual({
    texts: ['a "b"\n', 'say a "b"\n!'],
    top: 1,
  });
  expect(await bodyOf({ route: 'predict', body: { fixed: true } }, ask)).toEqual({ fixed: true });
});

test('predict names its model in a header', async () => {
  const { headers, path } = await requestOf({ route: 'predict', model: 'm' });
  expect([path, headers]).toEqual(['/predict', { 'content-type': 'application/json', 'x-heddle-model': 'm' }]);
});

test('a key goes into the header that servers of the route look at', () => {
  expect(authHeaders('chat', 'k')).toEqual({ authorization: 'Bearer k' });
  expect(authHeaders('messages', 'k')).toEqual({ authorization: 'Bearer k', 'x-api-key': 'k' });
});
