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

test('a model shows what it can do, both as far as it declares it and as far as it does not', () =>
  withServer(async ({ url, backend }) => {
    backend.capabilities = {
      contextTokens: 8192,
      maxOutputTokens: 512,
      structuredOutputs: true,
      topLogprobs: 5,
      maxChoices: 4,
      files: true,
    };
    const model = await json(await fetch(`${url}/v1/models/tiny`));
    expect(model).toMatchObject({ max_input_tokens: 8192, max_tokens: 512 });
    expect(model.capabilities).toMatchObject({
      structured_outputs: { supported: true },
      image_input: { supported: false },
      pdf_input: { supported: true },
      thinking: { supported: false, types: { adaptive: { supported: false }, enabled: { supported: false } } },
      tools: { supported: false },
      logprobs: { supported: true, max: 5 },
      choices: { supported: true, max: 4 },
      dimensions: { supported: false },
    });
    backend.capabilities = {};
    const plain = (await json(await fetch(`${url}/v1/models`))).data[0];
    expect(plain).toMatchObject({ max_input_tokens: null, max_tokens: null });
    expect(Object.values(plain.capabilities)).not.toContainEqual(expect.objectContaining({ supported: true }));
    backend.capabilities = undefined;
    expect((await json(await fetch(`${url}/v1/models/tiny`))).capabilities).toBeNull();
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
    expect(before.paths['/models/tiny/predict'].post.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/tiny.predict.Request',
    });
    expect(before.components.schemas['tiny.predict.Request']).toEqual({ type: 'object' });
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
