import { once } from 'node:events';
import { expect, test } from 'vitest';
import { HttpError, InferenceError } from '../../../src/core/errors.ts';
import { createServer } from '../../../src/http/server.ts';
import { answer, dial, FakeBackend, json as parsedJson, type Rig, withServer } from './fake-backend.ts';

const json = { 'content-type': 'application/json' };

async function post(rig: Rig, path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) {
  const response = await fetch(rig.url + path, { method: 'POST', body, headers });
  const parsed = JSON.parse(await response.text());
  return { status: response.status, headers: response.headers, body: parsed, code: parsed.error?.code };
}

test('an unknown path is 404 before anything else is looked at', () =>
  withServer(
    async (rig) => {
      expect(await post(rig, '/nothing', '{', { 'content-type': 'text/xml' })).toMatchObject({ status: 404, code: 'unknown_url' });
      expect((await post(rig, '/v1/messages/nothing', '{}')).body).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    },
    { apiKeys: { a: 'secret' } },
  ));

test('a known path with another verb is 405 with Allow', () =>
  withServer(async ({ url }) => {
    for (const [path, verb, allow, expected] of [
      ['/v1/embeddings', 'GET', 'POST, OPTIONS', 'POST or OPTIONS'],
      ['/v1/models', 'DELETE', 'GET, HEAD, OPTIONS', 'GET, HEAD or OPTIONS'],
      ['/v1/models/tiny:predict', 'GET', 'POST, OPTIONS', 'POST or OPTIONS'],
      ['/v1/models/tiny', 'POST', 'GET, HEAD, OPTIONS', 'GET, HEAD or OPTIONS'],
    ] as const) {
      const response = await fetch(url + path, { method: verb });
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, allow]);
      expect((await parsedJson(response)).error.message).toBe(`expected ${expected}, got ${verb}`);
    }
  }));

test('a method that no model has is 404 naming it and the models', () =>
  withServer(async (rig) => {
    rig.backend.methods = ['embeddings'];
    const { status, body } = await post(rig, '/v1/chat/completions', '{');
    expect(status).toBe(404);
    expect(body.error.message).toMatch(/chatCompletions.*tiny/);
  }));

test('a key is asked for before the body and not for health', () =>
  withServer(
    async (rig) => {
      const refused = await post(rig, '/predict', '{', { 'content-type': 'text/xml' });
      expect(refused).toMatchObject({ status: 401, code: 'invalid_api_key' });
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      for (const path of ['/', '/livez', '/readyz', '/ping']) expect((await fetch(rig.url + path)).status).toBe(200);
      expect((await fetch(`${rig.url}/v1/models`, { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
      expect((await fetch(`${rig.url}/v1/models`, { headers: { 'x-api-key': 'secret' } })).status).toBe(200);
      expect((await fetch(`${rig.url}/v1/models`, { headers: { 'x-api-key': 'other' } })).status).toBe(401);
    },
    { apiKeys: { mine: 'secret' } },
  ));

test('the name of a key is in the log line and in the request of the model, the key in neither', () =>
  withServer(
    async (rig) => {
      const call = rig.backend.next();
      const reply = post(rig, '/predict', '{}', { ...json, authorization: 'Bearer c-secret' });
      const admission = await call;
      expect(admission.facts.apiKeyName).toBe('ci');
      answer(admission, '{}');
      await reply;
      await fetch(`${rig.url}/v1/models`, { headers: { 'x-api-key': 'wrong-secret' } });
      expect(rig.lines.map(({ fields }) => fields?.['apiKeyName'])).toEqual(['ci', undefined]);
      expect(JSON.stringify([rig.lines, admission.facts])).not.toContain('secret');
    },
    { apiKeys: { alice: 'a-secret', ci: 'c-secret' } },
  ));

test('a body over the limit is 413 by its length and while it is read', () =>
  withServer(
    async (rig) => {
      expect(await post(rig, '/predict', 'x'.repeat(200), { 'content-type': 'text/xml' })).toMatchObject({
        status: 413,
        code: 'request_too_large',
      });
      const socket = await dial(rig.port);
      socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write(`c8\r\n${'x'.repeat(200)}\r\n`);
      const [data] = await once(socket, 'data');
      expect(String(data)).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
    },
    { bodyLimitBytes: 100 },
  ));

test('other media types, encodings and charsets are 415', () =>
  withServer(async (rig) => {
    for (const [contentType, encoding, message] of [
      ['text/xml; a=b', 'identity', 'expected content-type application/json, got text/xml'],
      ['application/json; charset=utf-16', 'identity', 'expected charset utf-8, got utf-16'],
      ['application/json', 'gzip', 'expected no content-encoding, got gzip'],
      ['text/plain', 'identity', 'expected content-type application/json, or a body that begins with { or [, got text/plain'],
      ['application/octet-stream', 'identity', 'expected content-type application/json, got application/octet-stream'],
      [`a/\u00e9${'b'.repeat(200)}`, 'identity', `expected content-type application/json, got a/?${'b'.repeat(97)}…`],
    ] as const) {
      const reply = await post(rig, '/v1/embeddings', 'hello', { 'content-type': contentType, 'content-encoding': encoding });
      expect([reply.status, reply.code, reply.body.error.message]).toEqual([415, 'unsupported_media_type', message]);
    }
    const bytes = await post(rig, '/predict', 'x', { 'content-type': 'image/png' });
    expect(bytes.body.error.message).toBe('expected content-type application/json or application/octet-stream, got image/png');
  }));

test('a body without a content type is 415 that says so', () =>
  withServer(async ({ port }) => {
    const socket = await dial(port);
    socket.write('POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}');
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1\.1 415 /);
    expect(String(data)).toContain('expected content-type application/json, got none');
    socket.destroy();
  }));

test('a list is read as JSON whatever type curl gave it, and judged as what it is', () =>
  withServer(async (rig) => {
    const reply = await post(rig, '/v1/embeddings', '[]', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([reply.status, reply.body.error.message]).toEqual([400, expect.stringMatching(/object, got array$/)]);
  }));

test('a body that is not safe JSON is 400 invalid_json', () =>
  withServer(async (rig) => {
    const bodies: (string | Uint8Array<ArrayBuffer>)[] = [
      '{',
      Buffer.from([0x22, 0xff, 0x22]),
      '['.repeat(65) + ']'.repeat(65),
      '{"a":{"__proto__":{}}}',
      '{"\\u005f_proto__":1}',
      '{"constructor":{"prototype":{}}}',
    ];
    for (const body of bodies) expect(await post(rig, '/predict', body)).toMatchObject({ status: 400, code: 'invalid_json' });
  }));

test('curl without a content type is read as JSON when it looks like an object', () =>
  withServer(async (rig) => {
    const call = rig.backend.next();
    const reply = post(rig, '/predict', ' {"a":1}', { 'content-type': 'application/x-www-form-urlencoded' });
    const admission = await call;
    expect(admission.body).toEqual({ a: 1 });
    expect(admission.bytes?.buffer.byteLength).toBe(8);
    answer(admission, '{"ok":true}');
    expect((await reply).body).toEqual({ ok: true });
  }));

test('predict takes bytes as they are', () =>
  withServer(async (rig) => {
    const call = rig.backend.next();
    const reply = post(rig, '/models/org%2Ftiny:q4/predict', Buffer.from([1, 2, 3]), { 'content-type': 'application/octet-stream' });
    const admission = await call;
    expect(admission).toMatchObject({ bodyKind: 'bytes', body: undefined, model: 'org/tiny:q4', method: 'predict' });
    expect([...(admission.bytes ?? [])]).toEqual([1, 2, 3]);
    answer(admission, '{}');
    expect((await reply).status).toBe(200);
  }));

test('an empty object on an embeddings route is 400 with the field', () =>
  withServer(async (rig) => {
    const { status, body } = await post(rig, '/v1/embeddings', '{}');
    expect(status).toBe(400);
    expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  }));

test('a refused call carries Retry-After and its ids', () =>
  withServer(async (rig) => {
    rig.backend.error = new InferenceError('rate_limit_exceeded', 'the queue is full', { retryAfterMs: 1200 });
    const { status, headers, code } = await post(rig, '/predict', '{}', { ...json, 'x-request-id': 'mine-1' });
    expect([status, code]).toEqual([429, 'rate_limit_exceeded']);
    expect([headers.get('retry-after'), headers.get('retry-after-ms')]).toEqual(['2', '1200']);
    expect([headers.get('x-request-id'), headers.get('request-id')]).toEqual(['mine-1', 'mine-1']);
  }));

test("a client's own name of its request is taken over where no proxy gave one", () =>
  withServer(async (rig) => {
    const idOf = async (headers: Record<string, string>) => (await fetch(`${rig.url}/livez`, { headers })).headers.get('x-request-id');
    expect(await idOf({ 'x-client-request-id': 'own-1' })).toBe('own-1');
    expect(await idOf({ 'x-client-request-id': 'own-1', 'x-request-id': 'given-1' })).toBe('given-1');
    expect(await idOf({ 'x-client-request-id': 'no id' })).toMatch(/^req_/);
  }));

test('an unexpected error is 500 and its text stays in the log', () =>
  withServer(async (rig) => {
    rig.backend.error = new Error('secret text');
    const { status, body } = await post(rig, '/predict', '{}');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(JSON.stringify(rig.lines)).toContain('secret text');
  }));

test('environment prefixes and stray slashes lead to the same route', () =>
  withServer(async ({ url }) => {
    for (const path of [
      '/production/v1/models',
      '/production/sync/v1/models',
      '/environments/production/v1/models/',
      '//v1//models?beta=true',
      '/models',
    ]) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    }
    expect((await fetch(`${url}/environments/staging/v1/models`)).status).toBe(404);
  }));

test('headers of our own are checked', () =>
  withServer(async (rig) => {
    for (const came of ['10', '-1', '1.5', '']) {
      const { status, code, body } = await post(rig, '/predict', '{}', { ...json, 'x-heddle-priority': came });
      const message = `expected an integer from 0 to 9 in x-heddle-priority, got "${came}"`;
      expect([status, code, body.error]).toMatchObject([400, 'invalid_value', { param: 'x-heddle-priority', message }]);
    }
    expect(await post(rig, '/predict', '{}', { ...json, 'x-heddle-timeout-ms': 'soon' })).toMatchObject({
      status: 400,
      code: 'invalid_value',
    });
  }));

test('a target in absolute form leads to the same route', () =>
  withServer(async ({ port }) => {
    const socket = await dial(port);
    socket.write('GET http://other.example:81/v1/models?a=http://b HTTP/1.1\r\nHost: x\r\n\r\n');
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  }));

test.each(['v1', 'models', 'predict', 'environments', 'openapi.json'])('an environment named %s is refused', async (name) => {
  const write = (): void => undefined;
  const logger = { debug: write, info: write, warn: write, error: write };
  await expect(createServer(new FakeBackend(name), { logger })).rejects.toMatchObject({ code: 'invalid_config' });
});

test.each([true, false])('OPTIONS is 204 with Allow on known paths and 404 elsewhere, with cors %s', (cors) =>
  withServer(
    async ({ url }) => {
      for (const [path, allow] of [
        ['/v1/models', 'GET, HEAD, OPTIONS'],
        ['/v1/chat/completions', 'POST, OPTIONS'],
      ] as const) {
        const response = await fetch(url + path, { method: 'OPTIONS' });
        expect([path, response.status, response.headers.get('allow')]).toEqual([path, 204, allow]);
      }
      const unknown = await fetch(`${url}/nothing`, { method: 'OPTIONS' });
      expect([unknown.status, (await parsedJson(unknown)).error.code]).toEqual([404, 'unknown_url']);
    },
    { apiKeys: { a: 'k' }, cors },
  ),
);

test('a model named like the route of another family has errors in the form of its own path', () =>
  withServer(async ({ url }) => {
    const model = await parsedJson(await fetch(`${url}/v1/models/messages`));
    expect(model.error).toMatchObject({ code: 'model_not_found' });
    const call = await parsedJson(await fetch(`${url}/v1/models/other/messages`));
    expect(call.type).toBe('error');
  }));

test('a path that cannot be decoded is 404 with ids and a log line', () =>
  withServer(async ({ url, lines }) => {
    const response = await fetch(`${url}/%ff`);
    const { error } = await parsedJson(response);
    expect([response.status, error.code]).toEqual([404, 'unknown_url']);
    const id = response.headers.get('x-request-id');
    expect(lines).toMatchObject([{ message: 'request', fields: { id, status: 404 } }]);
  }));

test('only errors that no retry helps forbid one', () =>
  withServer(async (rig) => {
    const told = async (error: Error) => {
      rig.backend.error = error;
      return (await post(rig, '/predict', '{}')).headers.get('x-should-retry');
    };
    expect(await told(new InferenceError('timeout', 'late'))).toBe('false');
    expect(await told(new Error('a bug'))).toBe('false');
    expect(await told(new InferenceError('rate_limit_exceeded', 'full'))).toBeNull();
    expect(await told(new InferenceError('replica_lost', 'gone'))).toBeNull();
  }));

test('a model that chooses 499 or the code of a client that left is answered', () =>
  withServer(async (rig) => {
    for (const code of ['invalid_value', 'client_closed_request']) {
      rig.backend.error = new HttpError(499, 'expected another body', { code });
      const { status, body } = await post(rig, '/models/tiny/predict', '{}');
      expect([status, body.error.message]).toEqual([499, 'expected another body']);
    }
  }));
