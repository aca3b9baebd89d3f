import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';
import { until } from '../support/until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serve([join(modelsDir, 'smollm2')], { apiKeys: { alice: 'a', bob: 'b' } });
}, 120_000);
afterAll(() => server.close());

const headersOf = (key: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${key}` });
const ask = (body: object, key = 'a') =>
  server.post('/v1/responses', { model: 'smollm2', temperature: 0, max_output_tokens: 16, ...body }, { headers: headersOf(key) });
const at = (id: string, key = 'a', method = 'GET') => fetch(`${server.url}/v1/responses/${id}`, { method, headers: headersOf(key) });

test('a response goes on from the one before it, as if all of it had been sent', async () => {
  const first = await bodyOf(await ask({ input: 'My name is Ada.' }));
  expect(first).toMatchObject({ store: true, previous_response_id: null });
  const second = await bodyOf(await ask({ input: 'What is my name?', previous_response_id: first.id }));
  const whole = await bodyOf(
    await ask({
      store: false,
      input: [{ role: 'user', content: 'My name is Ada.' }, ...first.output, { role: 'user', content: 'What is my name?' }],
    }),
  );
  expect(second).toMatchObject({ store: true, previous_response_id: first.id, usage: whole.usage });
  expect(second.output[0].content).toEqual(whole.output[0].content);
  expect(whole.store).toBe(false);
  expect((await at(whole.id)).status).toBe(404);
}, 60_000);

test('a reference stands for an item of the previous response, and without one it is refused by its index', async () => {
  const first = await bodyOf(await ask({ input: 'My name is Ada.' }));
  const input = [
    { type: 'item_reference', id: first.output[0].id },
    { role: 'user', content: 'Go on.' },
  ];
  expect((await ask({ input, previous_response_id: first.id })).status).toBe(200);
  const refused = await ask({ input });
  expect(refused.status).toBe(400);
  expect(await bodyOf(refused)).toMatchObject({ error: { code: 'invalid_value', param: 'input[0]' } });
}, 60_000);

test('a streamed response is fetched as its last event told it, by its own key, until it is deleted', async () => {
  const stream = await (await ask({ input: 'Say hi.', stream: true })).text();
  const line = stream.split('\n').find((text) => /^data: \{"type":"response\.(completed|incomplete)"/.test(text)) ?? '';
  const { response } = JSON.parse(line.slice('data: '.length));
  expect(await bodyOf(await at(response.id))).toEqual(response);
  expect((await at(response.id, 'b')).status).toBe(404);
  const stolen = await ask({ input: 'a', previous_response_id: response.id }, 'b');
  expect(stolen.status).toBe(400);
  expect(await bodyOf(stolen)).toMatchObject({ error: { code: 'previous_response_not_found', param: 'previous_response_id' } });
  expect(await bodyOf(await at(response.id, 'a', 'DELETE'))).toEqual({ id: response.id, object: 'response', deleted: true });
  expect((await at(response.id)).status).toBe(404);
  expect((await ask({ input: 'a', previous_response_id: response.id })).status).toBe(400);
}, 60_000);

test('a program without HTTP goes on from a response too', async () => {
  const options = { max_output_tokens: 4, temperature: 0 };
  const first = await bodyOf(await server.runtime.call('responses', { input: 'My name is Ada.', ...options }));
  const next = { input: 'What is my name?', previous_response_id: first.id, ...options };
  const second = await bodyOf(await server.runtime.call('responses', next));
  expect(second.usage.input_tokens).toBeGreaterThan(first.usage.input_tokens + 4);
}, 60_000);

const idle = () => until(() => server.runtime.model('smollm2')?.running === 0);

test('a background response is that of the foreground, though its client left', async () => {
  const plain = await bodyOf(await ask({ input: 'My name is Ada.' }));
  const leaving = new AbortController();
  const body = JSON.stringify({
    model: 'smollm2',
    temperature: 0,
    max_output_tokens: 16,
    input: 'My name is Ada.',
    background: true,
    stream: true,
  });
  const reply = await fetch(`${server.url}/v1/responses`, { method: 'POST', headers: headersOf('a'), body, signal: leaving.signal });
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  const id = /"id":"(resp_\w+)"/.exec((await reader?.read())?.value ?? '')?.[1] ?? '';
  leaving.abort();
  await expect(reader?.closed).rejects.toThrow();
  expect((await at(`${id}?stream=true`, 'b')).status).toBe(404);
  expect((await at(`${id}/cancel`, 'b', 'POST')).status).toBe(404);
  const events = await (await at(`${id}?stream=true`)).text();
  const response = await bodyOf(await at(id));
  const { status, usage } = response;
  expect({ status, usage, content: response.output[0].content }).toEqual({
    status: plain.status,
    usage: plain.usage,
    content: plain.output[0].content,
  });
  const deltas = [...events.matchAll(/^data: (\{.*"response\.output_text\.delta".*)$/gm)].map(([, json = '']) => JSON.parse(json).delta);
  expect(deltas.join('')).toBe(plain.output[0].content[0].text);
  expect((await bodyOf(await ask({ input: 'What is my name?', previous_response_id: id }))).status).toMatch(/^(completed|incomplete)$/);
}, 60_000);

test('cancel stops a decode between two steps, and a prefill between two chunks', async () => {
  for (const body of [{ input: 'Count to one thousand.', max_output_tokens: 2_000 }, { input: 'word '.repeat(3_000) }]) {
    const { id } = await bodyOf(await ask({ ...body, background: true }));
    await until(() => server.runtime.model('smollm2')?.running === 1);
    expect(await bodyOf(await at(`${id}/cancel`, 'a', 'POST'))).toMatchObject({ id, status: 'cancelled', background: true });
    await idle();
    expect(server.runtime.model('smollm2')?.replicas).toMatchObject({ ready: 1, retired: 0 });
    expect((await bodyOf(await at(id))).status).toBe('cancelled');
  }
}, 60_000);
