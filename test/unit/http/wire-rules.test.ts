// The rules that all paths share, each over a real socket.

import { once } from 'node:events';
import { expect, test } from 'vitest';
import { staticGetPaths } from '../../../src/http/paths.ts';
import { answer, dial, json, postText, withServer } from './fake-backend.ts';

const origin = 'https://web.example';
const exposed = 'x-request-id, request-id, openai-processing-ms, retry-after, retry-after-ms, x-should-retry, heddle-dropped-tools';

test('HEAD answers wherever GET does, with its status and headers and no body', () =>
  withServer(async ({ url }) => {
    for (const path of [...staticGetPaths, '/v1/models/tiny', '/models/tiny/loaded', '/v1/models/tiny/schema']) {
      const got = await fetch(url + path);
      const length = (await got.arrayBuffer()).byteLength;
      const head = await fetch(url + path, { method: 'HEAD' });
      const told = [path, head.status, head.headers.get('content-type'), Number(head.headers.get('content-length')), await head.text()];
      expect(told).toEqual([path, 200, got.headers.get('content-type'), length, '']);
    }
  }));

test('telemetry of clients is dropped with 204, whatever it is and without a key', () =>
  withServer(
    async ({ url, backend }) => {
      for (const path of ['/api/event_logging/batch', '/production/api/event_logging/batch/']) {
        const reply = await fetch(url + path, { method: 'POST', body: 'not json', headers: { 'content-type': 'text/xml' } });
        expect([reply.status, await reply.text()]).toEqual([204, '']);
      }
      expect((await fetch(`${url}/api/event_logging/batch`)).headers.get('allow')).toBe('POST, OPTIONS');
      expect(backend.admissions).toEqual([]);
    },
    { apiKeys: { a: 'k' } },
  ));

test('a connection outlives the telemetry sent on it', () =>
  withServer(async ({ port }) => {
    const socket = await dial(port);
    socket.write(postText('/api/event_logging/batch', 'x'.repeat(50_000)));
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 204 /);
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  }));

test('every answer to another origin reflects it and exposes the headers that clients read', () =>
  withServer(
    async ({ url, backend }) => {
      const headers = { origin, 'x-api-key': 'k', 'content-type': 'application/json' };
      const told = async (path: string, init: RequestInit) => {
        const reply = await fetch(url + path, init);
        await reply.text();
        return [reply.status, reply.headers.get('access-control-allow-origin'), reply.headers.get('access-control-expose-headers')];
      };
      expect(await told('/v1/models', { headers })).toEqual([200, origin, exposed]);
      expect(await told('/nothing', { headers })).toEqual([404, origin, exposed]);
      expect(await told('/v1/models', { headers: { origin } })).toEqual([401, origin, exposed]);
      expect(await told('/v1/models', { method: 'DELETE', headers })).toEqual([405, origin, exposed]);
      expect(await told('/v1/embeddings', { method: 'POST', headers, body: '{' })).toEqual([400, origin, exposed]);
      for (const shape of ['whole', 'sse', 'raw'] as const) {
        const call = backend.next();
        const reply = told('/predict', { method: 'POST', headers, body: '{}' });
        const { observer } = await call;
        observer.head({ status: 200, headers: { 'content-type': 'text/plain' }, shape });
        observer.chunk(Buffer.from('data: 1\n\n'), 1);
        observer.end(undefined);
        expect([shape, ...(await reply)]).toEqual([shape, 200, origin, exposed]);
      }
    },
    { apiKeys: { a: 'k' } },
  ));

test('without cors no answer names an origin', () =>
  withServer(
    async ({ url }) => {
      const reply = await fetch(`${url}/v1/models`, { headers: { origin } });
      expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    },
    { cors: false },
  ));

test.each(['whole', 'sse'] as const)('a %s answer tells its integer milliseconds to the first byte', (shape) =>
  withServer(async ({ url, backend, clock }) => {
    const call = backend.next();
    const reply = fetch(`${url}/predict`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    const { observer } = await call;
    observer.head({ status: 200, headers: {}, shape });
    clock.advance(12.6);
    observer.chunk(Buffer.from('data: 1\n\n'), 1);
    if (shape === 'sse') clock.advance(1_000);
    observer.end(undefined);
    expect((await reply).headers.get('openai-processing-ms')).toBe('13');
  }),
);

test.each(['text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded'])('a body sent as %s is read as JSON', (type) =>
  withServer(async ({ url, backend }) => {
    const call = backend.next();
    const reply = fetch(`${url}/v1/embeddings`, { method: 'POST', body: '{"input":"a"}', headers: { 'content-type': type } });
    const admission = await call;
    expect(admission.body).toEqual({ input: 'a' });
    answer(admission, '{}');
    expect((await reply).status).toBe(200);
  }),
);

test('an empty body under a JSON content type is no body, not a broken one', () =>
  withServer(async ({ port, backend }) => {
    const call = backend.next();
    const socket = await dial(port);
    socket.write(postText('/predict', ''));
    const admission = await call;
    expect(admission.body).toBeUndefined();
    answer(admission, '{}');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  }));

test('JSON is said to be UTF-8 on answers and on errors', () =>
  withServer(async ({ url }) => {
    for (const path of ['/', '/livez', '/readyz', '/v1/models', '/v1/models/tiny', '/openapi.json', '/v1/models/other', '/nothing']) {
      const reply = await fetch(url + path);
      expect([path, reply.headers.get('content-type')]).toEqual([path, 'application/json; charset=utf-8']);
      await json(reply);
    }
  }));

test('readiness names the required models that it waits for', () =>
  withServer(async ({ url, backend }) => {
    expect(await json(await fetch(`${url}/readyz`))).toEqual({ status: 'ready', models: { tiny: 'ready' }, waiting_for: {} });
    backend.isReady = false;
    expect(await json(await fetch(`${url}/readyz`))).toMatchObject({ status: 'not ready', waiting_for: { tiny: 'loading' } });
  }));
