import { expect, test } from 'vitest';
import { EventLog } from '../../../src/runtime/event-log.ts';
import { json, withServer } from './fake-backend.ts';

const items = ['a', 'b', 'c'].map((id) => ({ id, type: 'message', role: 'user', content: id }));
const kept = {
  id: 'resp_1',
  response: Buffer.from(JSON.stringify({ id: 'resp_1', object: 'response', output: [] })),
  input: Buffer.from(JSON.stringify(items)),
};

test.each(['/v1/responses', '/responses'])('%s/{id} is fetched until it is deleted', async (path) => {
  await withServer(async ({ backend, url }) => {
    backend.store.keep('', kept);
    const fetched = await fetch(`${url}${path}/resp_1`);
    expect([fetched.status, fetched.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(await json(fetched)).toEqual({ id: 'resp_1', object: 'response', output: [] });
    expect((await fetch(`${url}${path}/resp_1`, { method: 'HEAD' })).status).toBe(200);
    expect(await json(await fetch(`${url}${path}/resp_1`, { method: 'DELETE' }))).toEqual({
      id: 'resp_1',
      object: 'response',
      deleted: true,
    });
    for (const method of ['GET', 'DELETE']) {
      const gone = await fetch(`${url}${path}/resp_1`, { method });
      expect(gone.status).toBe(404);
      expect(await json(gone)).toMatchObject({ error: { type: 'invalid_request_error', code: null } });
    }
  });
});

test('input items come in pages, the newest first', async () => {
  await withServer(async ({ backend, url }) => {
    backend.store.keep('', kept);
    const page = async (query: string) => json(await fetch(`${url}/v1/responses/resp_1/input_items${query}`));
    expect(await page('')).toMatchObject({ object: 'list', data: [{ id: 'c' }, { id: 'b' }, { id: 'a' }], has_more: false });
    expect(await page('?order=asc&limit=2')).toEqual({
      object: 'list',
      data: items.slice(0, 2),
      first_id: 'a',
      last_id: 'b',
      has_more: true,
    });
    expect(await page('?order=asc&limit=2&after=b')).toMatchObject({ data: [{ id: 'c' }], first_id: 'c', last_id: 'c', has_more: false });
    expect(await page('?after=a')).toMatchObject({ data: [], first_id: null, last_id: null, has_more: false });
    for (const [query, param] of [
      ['?limit=0', 'limit'],
      ['?limit=x', 'limit'],
      ['?order=up', 'order'],
      ['?after=z', 'after'],
    ] as const)
      expect(await page(query)).toMatchObject({ error: { code: 'invalid_value', param } });
  });
});

test('a refused query is told with what came', async () => {
  await withServer(async ({ backend, url }) => {
    const log = new EventLog();
    for (const number of [0, 1, 2]) log.append(Buffer.from(`data: ${number}\n\n`));
    backend.store.keep('', { ...kept, background: { isStreamed: true, log } });
    backend.store.keep('', { ...kept, id: 'resp_2', background: { isStreamed: true, log: new EventLog() } });
    for (const [path, message] of [
      ['resp_1/input_items?order=up', 'expected order to be "asc" or "desc", got "up"'],
      ['resp_1/input_items?limit=1000', 'expected limit to be an integer from 1 to 100, got "1000"'],
      ['resp_1/input_items?limit=1&limit=2', 'expected limit to be an integer from 1 to 100, got array'],
      ['resp_1?stream=yes', 'expected stream to be true or false, got "yes"'],
      ['resp_1?stream=true&starting_after=99', 'expected starting_after to be the sequence number of an event, up to 2 now, got "99"'],
      ['resp_2?stream=true&starting_after=99', 'expected starting_after to be absent, since there is no event yet, got "99"'],
      ['resp_1?starting_after=99', 'expected starting_after to be absent without stream=true'],
    ] as const) {
      const reply = await fetch(`${url}/v1/responses/${path}`);
      expect([reply.status, (await json(reply)).error.message]).toEqual([400, message]);
    }
  });
});

test('only a background response is cancelled or replayed', async () => {
  await withServer(async ({ backend, url }) => {
    backend.store.keep('', kept);
    backend.store.keep('', { ...kept, id: 'resp_3', background: { isStreamed: false, log: undefined } });
    expect((await fetch(`${url}/v1/responses/resp_3/cancel`, { method: 'POST' })).status).toBe(200);
    expect((await fetch(`${url}/v1/responses/resp_3?stream=true`)).status).toBe(400);
    expect((await fetch(`${url}/v1/responses/resp_1/cancel`, { method: 'POST' })).status).toBe(400);
    expect((await fetch(`${url}/v1/responses/resp_2/cancel`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/v1/responses/resp_1?stream=true`)).status).toBe(400);
    expect((await fetch(`${url}/v1/responses/resp_1?stream=false`)).status).toBe(200);
  });
});

test('a follower has its head at once, heartbeats while nothing comes, and what comes', async () => {
  await withServer(async ({ backend, clock, url }) => {
    const log = new EventLog();
    backend.store.keep('', { ...kept, background: { isStreamed: true, log } });
    log.append(Buffer.from('data: 0\n\n'));
    const reply = await fetch(`${url}/v1/responses/resp_1?stream=true&starting_after=0`);
    expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
    clock.advance(15_000);
    expect((await reader?.read())?.value).toBe(':\n\n');
    log.append(Buffer.from('data: 1\n\n'));
    expect((await reader?.read())?.value).toBe('data: 1\n\n');
    log.drop();
    expect((await reader?.read())?.value).toContain('event: error\ndata: {"type":"error","sequence_number":2');
    expect((await reader?.read())?.done).toBe(true);
  });
});

test('where heartbeats are off, a follower has its head and nothing before the first event', async () => {
  await withServer(
    async ({ backend, clock, url }) => {
      const log = new EventLog();
      backend.store.keep('', { ...kept, background: { isStreamed: true, log } });
      const reply = await fetch(`${url}/v1/responses/resp_1?stream=true`);
      clock.advance(60_000);
      log.end('whole', Buffer.from('data: 0\n\n'));
      expect(await reply.text()).toBe('data: 0\n\ndata: [DONE]\n\n');
    },
    { heartbeatMs: 0 },
  );
});

test('a replay of a failed response is a stream that ends, from wherever it is asked for', async () => {
  await withServer(async ({ backend, lines, url }) => {
    const log = new EventLog();
    log.append(Buffer.from('data: 0\n\n'));
    log.end('failed', Buffer.from('data: 1\n\n'));
    backend.store.keep('', { ...kept, background: { isStreamed: true, log } });
    for (const [query, rest] of [
      ['', 'data: 0\n\ndata: 1\n\n'],
      ['&starting_after=0', 'data: 1\n\n'],
      ['&starting_after=1', ''],
    ] as const) {
      const reply = await fetch(`${url}/v1/responses/resp_1?stream=true${query}`);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
      expect(await reply.text()).toBe(rest);
    }
    expect(lines.filter(({ level, fields }) => level === 'error' || fields?.['code'] !== undefined)).toEqual([]);
  });
});

test('starting_after is the number of an event that there is, and asks for a stream', async () => {
  await withServer(async ({ backend, url }) => {
    const log = new EventLog();
    log.append(Buffer.from('data: 0\n\n'));
    backend.store.keep('', { ...kept, background: { isStreamed: true, log } });
    for (const query of [
      'stream=true&starting_after=1',
      'stream=true&starting_after=999',
      'stream=true&starting_after=x',
      'starting_after=0',
      'starting_after=abc',
      'stream=false&starting_after=0',
    ]) {
      const reply = await fetch(`${url}/v1/responses/resp_1?${query}`);
      expect([query, reply.status, (await json(reply)).error.param]).toEqual([query, 400, 'starting_after']);
    }
  });
});

test('an error of a replay that the log does not have goes on with the numbers of the log', async () => {
  class BrokenLog extends EventLog {
    override at(number: number): Uint8Array | undefined {
      if (number === 2) throw new Error('expected nobody to ask for the third event');
      return super.at(number);
    }
  }
  await withServer(async ({ backend, url }) => {
    const log = new BrokenLog();
    for (const number of [0, 1]) log.append(Buffer.from(`data: ${number}\n\n`));
    backend.store.keep('', { ...kept, background: { isStreamed: true, log } });
    const reply = await fetch(`${url}/v1/responses/resp_1?stream=true&starting_after=0`);
    expect(await reply.text()).toMatch(/^data: 1\n\nevent: error\ndata: {"type":"error","sequence_number":2,/);
  });
});

test('a key sees its own responses alone', async () => {
  await withServer(
    async ({ backend, url }) => {
      backend.store.keep('alice', kept);
      const as = (key: string) => fetch(`${url}/v1/responses/resp_1`, { headers: { authorization: `Bearer ${key}` } });
      expect([(await as('a')).status, (await as('b')).status, (await as('c')).status]).toEqual([200, 404, 401]);
    },
    { apiKeys: { alice: 'a', bob: 'b' } },
  );
});

test('wrong verbs are told the right ones, and browsers may delete', async () => {
  await withServer(async ({ url }) => {
    const wrong = await fetch(`${url}/v1/responses/resp_1`, { method: 'POST' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, DELETE, OPTIONS']);
    const headers = { origin: 'http://page.test', 'access-control-request-method': 'DELETE' };
    const preflight = await fetch(`${url}/v1/responses/resp_1`, { method: 'OPTIONS', headers });
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE');
  });
});
