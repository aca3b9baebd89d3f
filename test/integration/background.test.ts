// Background responses, over real sockets and real threads: they outlive their client, and are asked for, followed and stopped by id.

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventsOf, framesOf, readTo } from '../support/event-stream.ts';
import { postText, sendRaw } from '../support/raw-request.ts';
import { bodyOf, serve, type TestServer } from '../support/serve.ts';
import { until } from '../support/until.ts';

const scripted = fileURLToPath(new URL('../fixtures/models/scripted', import.meta.url));
const channel = new BroadcastChannel('scripted');
let server: TestServer;

beforeAll(async () => {
  server = await serve([scripted]);
});
afterEach(() => idle());
afterAll(async () => {
  channel.close();
  expect(await server.close()).toBe(true);
});

const say = (...words: readonly string[]): void => {
  for (const word of words) channel.postMessage(word);
};
const ask = (body: object) => server.post('/v1/responses', { input: 'hello', background: true, ...body });
const start = async (body: object = {}) => bodyOf(await ask(body));
const at = (id: string, rest = '', method = 'GET') => fetch(`${server.url}/v1/responses/${id}${rest}`, { method });
const cancel = (id: string) => at(id, '/cancel', 'POST');

const counts = () => server.runtime.model('scripted') ?? { running: 0, queued: 0 };
const idle = () => until(() => counts().running === 0 && counts().queued === 0);

/** The response once it has the status. */
async function reaches(id: string, status: string) {
  for (;;) {
    const response = await bodyOf(await at(id));
    if (response.status === status) return response;
    expect(['queued', 'in_progress']).toContain(response.status);
  }
}

test('a background response is queued at once, then in progress, then completed', async () => {
  const reply = await ask({ metadata: { a: 'b' } });
  expect(reply.status).toBe(200);
  const queued = await bodyOf(reply);
  expect(queued).toMatchObject({ object: 'response', status: 'queued', background: true, store: true, model: 'scripted', output: [] });
  const running = await reaches(queued.id, 'in_progress');
  expect(running).toEqual({ ...queued, status: 'in_progress' });
  expect(await bodyOf(await at(queued.id, '/input_items'))).toMatchObject({ data: [{ role: 'user', content: [{ text: 'hello' }] }] });
  const early = await ask({ previous_response_id: queued.id, background: false });
  expect(early.status).toBe(400);
  expect(await bodyOf(early)).toMatchObject({ error: { code: 'invalid_value', param: 'previous_response_id' } });
  say('world', 'end');
  const done = await reaches(queued.id, 'completed');
  expect(done).toMatchObject({
    id: queued.id,
    created_at: queued.created_at,
    background: true,
    metadata: { a: 'b' },
    usage: { input_tokens: 1 },
  });
  expect(done.output[0].content[0].text).toBe('whole world');
  const next = await start({ previous_response_id: queued.id });
  expect(await bodyOf(await at(next.id, '/input_items'))).toMatchObject({ data: [{}, { role: 'assistant' }, { role: 'user' }] });
  say('end');
  await reaches(next.id, 'completed');
});

test('a client that leaves its stream stops nothing, and every later reader has the same events', async () => {
  const body = { input: 'hello', background: true, stream: true };
  const socket = await sendRaw(server.port, postText('/v1/responses', body));
  let head = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    head += text;
  });
  while (!head.includes('response.output_text.delta')) await once(socket, 'data');
  const id = /"id":"(resp_\w+)"/.exec(head)?.[1] ?? '';
  const left = once(socket, 'close');
  socket.destroy();
  await left;
  const follower = at(id, '?stream=true');
  say('to', 'the');
  await until(() => counts().running === 1);
  say('end');
  const followed = await readTo(await follower);
  const frames = framesOf(followed);
  const events = eventsOf(followed);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()]);
  expect(events.slice(0, 3).map(({ type, response }) => [type, response.status, response.id])).toEqual([
    ['response.created', 'queued', id],
    ['response.queued', 'queued', id],
    ['response.in_progress', 'in_progress', id],
  ]);
  expect(events.flatMap(({ delta }) => delta ?? []).join('')).toBe('streamed to the');
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id, status: 'completed', background: true } });
  expect(await bodyOf(await at(id))).toEqual(events.at(-1).response);
  for (let after = 0; after < events.length; after += 1) {
    const tail = await (await at(id, `?stream=true&starting_after=${after}`)).text();
    expect(tail).toBe(frames.slice(after + 1).join(''));
  }
});

test('the creator and a follower from the middle hear the same live events', async () => {
  const created = await ask({ stream: true });
  expect(created.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const id = /"id":"(resp_\w+)"/;
  const [mine, copy] = created.body?.tee() ?? [];
  const begun = await readTo(new Response(copy), 'response.output_text.delta');
  const followed = at(id.exec(begun)?.[1] ?? '', '?stream=true&starting_after=3');
  const reply = await followed;
  say('now', 'end');
  const whole = await readTo(new Response(mine));
  expect(await readTo(reply)).toBe(framesOf(whole).slice(4).join(''));
  expect(whole.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('a running response is cancelled, which frees its place, ends its streams and happens once', async () => {
  const { id } = await start({ stream: false });
  await reaches(id, 'in_progress');
  const cancelled = await bodyOf(await cancel(id));
  expect(cancelled).toMatchObject({ id, status: 'cancelled', output: [] });
  await idle();
  expect(server.runtime.model('scripted')?.replicas).toEqual({ ready: 1, retired: 0, total: 1 });
  expect(await bodyOf(await cancel(id))).toEqual(cancelled);
  expect(await bodyOf(await at(id))).toEqual(cancelled);
  const refused = await ask({ previous_response_id: id });
  expect(refused.status).toBe(400);
  expect(await bodyOf(refused)).toMatchObject({ error: { param: 'previous_response_id' } });

  const stream = await ask({ stream: true });
  const [mine, copy] = stream.body?.tee() ?? [];
  const begun = await readTo(new Response(copy), 'response.output_text.delta');
  await cancel(/"id":"(resp_\w+)"/.exec(begun)?.[1] ?? '');
  expect(eventsOf(await readTo(new Response(mine))).at(-1)).toMatchObject({
    type: 'response.cancelled',
    response: { status: 'cancelled' },
  });
});

test('a waiting response is cancelled without reaching the model, and a full queue refuses the next', async () => {
  const first = await start();
  await reaches(first.id, 'in_progress');
  const second = await start();
  expect(counts()).toMatchObject({ running: 1, queued: 1 });
  const full = await ask({});
  expect(full.status).toBe(429);
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await bodyOf(await at(second.id))).status).toBe('queued');
  expect((await bodyOf(await cancel(second.id))).status).toBe('cancelled');
  expect(counts().queued).toBe(0);
  say('end');
  expect((await reaches(first.id, 'completed')).output[0].content[0].text).toBe('whole');
});

test('cancel takes an empty body of any type, and answers what is finished, not in the background or unknown', async () => {
  const { id } = await start({ input: 'own object' });
  const done = await reaches(id, 'completed');
  for (const init of [{}, { headers: { 'content-type': 'application/json' } }, { headers: { 'content-type': 'text/plain' }, body: '' }]) {
    const reply = await fetch(`${server.url}/v1/responses/${id}/cancel`, { method: 'POST', ...init });
    expect([reply.status, await bodyOf(reply)]).toEqual([200, done]);
  }
  const plain = await bodyOf(await ask({ input: 'own object', background: false }));
  expect((await cancel(plain.id)).status).toBe(400);
  expect((await cancel('resp_none')).status).toBe(404);
});

test('a deleted response is stopped and forgotten, and its readers are told', async () => {
  const stream = await ask({ stream: true });
  const [mine, copy] = stream.body?.tee() ?? [];
  const begun = await readTo(new Response(copy), 'response.output_text.delta');
  const id = /"id":"(resp_\w+)"/.exec(begun)?.[1] ?? '';
  expect(await bodyOf(await at(id, '', 'DELETE'))).toEqual({ id, object: 'response', deleted: true });
  await idle();
  expect((await at(id)).status).toBe(404);
  expect((await cancel(id)).status).toBe(404);
  expect(eventsOf(await readTo(new Response(mine))).at(-1).type).toBe('response.cancelled');
});

test('only what was streamed in the background is replayed, and from a number', async () => {
  const { id } = await start({ input: 'own object' });
  await reaches(id, 'completed');
  const whole = await at(id, '?stream=true');
  const { param, message } = (await bodyOf(whole)).error;
  expect([whole.status, param]).toEqual([400, 'stream']);
  expect(message).toContain('only a response that was created with background and stream has events');
  const events = await readTo(await ask({ input: 'own events', stream: true }));
  const streamed = eventsOf(events)[0].response.id;
  for (const after of ['-1', 'x', '1.5', '', '99']) {
    const reply = await at(streamed, `?stream=true&starting_after=${after}`);
    expect([after, reply.status, (await bodyOf(reply)).error?.param]).toEqual([after, 400, 'starting_after']);
  }
  const wrong = await at(streamed, '?stream=yes');
  expect([wrong.status, (await bodyOf(wrong)).error.param]).toEqual([400, 'stream']);
  expect((await at(streamed, '?stream=true', 'HEAD')).status).toBe(200);
});

test.each([
  ['own object', false],
  ['own object', true],
  ['own events', false],
  ['own events', true],
  ['web events', false],
  ['web events', true],
])('%s of a class, streamed %s, becomes a response of the server', async (input, stream) => {
  const reply = await ask({ input, stream });
  const id = stream ? eventsOf(await reply.text())[0].response.id : (await bodyOf(reply)).id;
  expect(id).not.toBe('resp_own');
  const done = await reaches(id, 'completed');
  expect(done).toMatchObject({ id, background: true, output: [{ id: 'msg_own' }] });
  if (!stream) return;
  const replayed = eventsOf(await (await at(id, '?stream=true')).text());
  expect(replayed.map(({ sequence_number }) => sequence_number)).toEqual([...replayed.keys()]);
  const own = input === 'own events' ? ['response.own'] : [];
  expect(replayed.slice(3).map(({ type }) => type)).toEqual([...own, 'response.completed']);
});

test.each([
  ['refuse', 'no_face'],
  ['own text', 'invalid_result'],
  ['own end', 'invalid_result'],
  ['web refusal', 'invalid_result'],
])('%s leaves a failed response with the code %s', async (input, code) => {
  const { id } = await start({ input });
  const failed = await reaches(id, 'failed');
  expect(failed).toMatchObject({ output: [], error: { code, message: expect.any(String) } });
  const stream = eventsOf(await (await ask({ input, stream: true })).text());
  expect(stream.slice(-2)).toMatchObject([
    { type: 'error', code },
    { type: 'response.failed', response: { status: 'failed', error: { code } } },
  ]);
});

test('a failure within the stream is told in the stream, by the object and to whoever comes later', async () => {
  const broken = await ask({ stream: true });
  say('a', 'throw');
  const events = eventsOf(await broken.text());
  expect(events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()]);
  const { id } = events[0].response;
  expect(await bodyOf(await at(id))).toMatchObject({ status: 'failed', error: { code: 'told_to' } });
  expect(eventsOf(await (await at(id, '?stream=true')).text())).toEqual(events);
  const after = await at(id, `?stream=true&starting_after=${events.length - 1}`);
  expect([after.status, await after.text()]).toEqual([200, '']);
});

test('a program starts one too, and the log tells of it without its text', async () => {
  const reply = await server.runtime.call('responses', { input: 'a secret plan', background: true });
  const { id, status } = await bodyOf(reply);
  expect(status).toBe('queued');
  say('end');
  await reaches(id, 'completed');
  const line = () => server.logger.lines.find(({ message, fields }) => message === 'background response' && fields['response'] === id);
  await until(() => line() !== undefined);
  expect(line()?.fields).toMatchObject({ model: 'scripted', state: 'completed', promptTokens: 1, completionTokens: 1 });
  expect(JSON.stringify(server.logger.lines)).not.toContain('secret plan');
});

test('the background needs a store, and a boolean', async () => {
  const own = await ask({ store: false });
  expect([own.status, (await bodyOf(own)).error]).toMatchObject([400, { code: 'invalid_value', param: 'background' }]);
  const text = await ask({ background: 'true' });
  expect([text.status, (await bodyOf(text)).error]).toMatchObject([400, { code: 'invalid_type', param: 'background' }]);
});
