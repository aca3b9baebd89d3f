import { expect, test } from 'vitest';
import { json, withServer } from './fake-backend.ts';

test('the list shows ready models by name and alias for both families', () =>
  withServer(async ({ url, backend }) => {
    const list = await json(await fetch(`${url}/v1/models`));
    expect(list).toMatchObject({ object: 'list', has_more: false, first_id: 'tiny', last_id: 'org/tiny:q4' });
    expect(list.data[0]).toMatchObject({
      id: 'tiny',
      object: 'model',
      type: 'model',
      created: 1_700_000_000,
      owned_by: 'heddle',
      display_name: 'tiny',
    });
    backend.isReady = false;
    expect((await json(await fetch(`${url}/v1/models`))).data).toEqual([]);
  }));

test('one model is found by a raw and by an encoded alias, and is 503 while loading', () =>
  withServer(async ({ url, backend }) => {
    for (const id of ['tiny', 'org/tiny:q4', 'org%2Ftiny%3Aq4']) expect((await fetch(`${url}/v1/models/${id}`)).status).toBe(200);
    expect((await fetch(`${url}/v1/models/other`)).status).toBe(404);
    expect(await json(await fetch(`${url}/v1/models/tiny/loaded`))).toMatchObject({ loaded: true });
    expect((await json(await fetch(`${url}/v1/models/tiny/schema`))).methods.predict.input).toEqual({ type: 'object' });
    backend.isReady = false;
    const response = await fetch(`${url}/v1/models/tiny`);
    expect([response.status, (await json(response)).state]).toEqual([503, 'loading']);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  }));

test('the OpenAPI document follows the live methods', () =>
  withServer(async ({ url, backend }) => {
    const before = await json(await fetch(`${url}/openapi.json`));
    expect(Object.keys(before.paths)).toContain('/v1/embeddings');
    expect(before.paths['/v1/models/tiny:predict'].post.requestBody.content['application/json'].schema).toEqual({ type: 'object' });
    const chat = before.paths['/v1/chat/completions'].post.responses['200'].content;
    expect(chat).toMatchObject({
      'application/json': { schema: { properties: { object: { const: 'chat.completion' } } } },
      'text/event-stream': { schema: { properties: { object: { const: 'chat.completion.chunk' } } } },
    });
    backend.methods = ['predict'];
    expect(Object.keys((await json(await fetch(`${url}/openapi.json`))).paths)).not.toContain('/v1/embeddings');
  }));

test('a preflight needs no key and streams and errors carry CORS headers', () =>
  withServer(
    async ({ url }) => {
      const headers = { origin: 'http://web', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-stainless-os' };
      const preflight = await fetch(`${url}/v1/embeddings`, { method: 'OPTIONS', headers });
      expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'x-stainless-os']);
      const refused = await fetch(`${url}/v1/models`, { headers: { origin: 'http://web' } });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'http://web']);
    },
    { apiKeys: { a: 'k' } },
  ));
