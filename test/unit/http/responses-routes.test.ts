import { expect, test } from 'vitest';
import { json, withServer } from './fake-backend.ts';

const items = ['a', 'b', 'c'].map((id) => ({ id, type: 'message', role: 'user', content: id }));
const kept = {
  id: 'resp_1',
  response: Buffer.from(JSON.stringify({ id: 'resp_1', object: 'response', output: [] })),
  input: Buffer.from(JSON.stringify(items)),
};

test.each(['/v1/responses', '/responses'])('%s/{id} is fetched until it is deleted', async (path) => {
  await withServer(async ({ backend, url }) => {
    backend.responses.keep('', kept);
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
    backend.responses.keep('', kept);
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

test('only a response of the background is cancelled or replayed', async () => {
  await withServer(async ({ backend, url }) => {
    backend.responses.keep('', kept);
    expect((await fetch(`${url}/v1/responses/resp_1/cancel`, { method: 'POST' })).status).toBe(400);
    expect((await fetch(`${url}/v1/responses/resp_2/cancel`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/v1/responses/resp_1?stream=true`)).status).toBe(400);
    expect((await fetch(`${url}/v1/responses/resp_1?stream=false`)).status).toBe(200);
  });
});

test('a key sees its own responses alone', async () => {
  await withServer(
    async ({ backend, url }) => {
      backend.responses.keep('alice', kept);
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
