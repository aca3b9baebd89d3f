// The document of the routes: valid by a linter's recommended rules, for shipped models and for one with schemas of its own.

import { createConfig, lintFromString } from '@redocly/openapi-core';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { createServer } from 'heddle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';

const ownSchemas = fileURLToPath(new URL('../fixtures/models/own-schemas', import.meta.url));
let server: TestServer;

beforeAll(async () => {
  server = await serve([join(modelsDir, 'minilm'), join(modelsDir, 'smollm2'), ownSchemas]);
}, 120_000);
afterAll(async () => void (await server?.close()));

// A schema may require a property and say no more of it, as branches of a union do; models may declare such schemas.
const rules = { 'no-required-schema-properties-undefined': 'off' } as const;

/** What the linter has against the document at `url`. */
async function problemsOf(url: string, headers: Record<string, string> = {}): Promise<readonly string[]> {
  const source = await (await fetch(`${url}/openapi.json`, { headers })).text();
  const config = await createConfig({ extends: ['recommended'], rules });
  const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`);
}

test('the document of the shipped models and of one with own schemas has no problem', async () => {
  expect(await problemsOf(server.url)).toEqual([]);
});

test('a server with keys has a valid document that asks for them, but not for health', async () => {
  const keyed = await createServer(server.runtime, { logger: server.logger, apiKeys: { mine: 'secret' } });
  try {
    const { port } = await keyed.listen({ host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${port}`;
    const headers = { 'x-api-key': 'secret' };
    expect(await problemsOf(url, headers)).toEqual([]);
    const document = await bodyOf(await fetch(`${url}/openapi.json`, { headers }));
    expect(document.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'apiKey']);
    expect([document.paths['/livez'].get.security, document.paths['/v1/models'].get.security]).toEqual([[], undefined]);
    expect(document.paths['/v1/models'].get.responses).toHaveProperty('401');
  } finally {
    await keyed.close();
  }
});

test('the example of each operation is answered with 200', async () => {
  const document = await bodyOf(await fetch(`${server.url}/openapi.json`));
  const calls = Object.entries<{
    post?: { requestBody?: { content: { 'application/json': { examples?: Record<string, { value: unknown }> } } } };
  }>(document.paths).flatMap(([path, { post }]) =>
    Object.entries(post?.requestBody?.content['application/json'].examples ?? {}).map(([model, { value }]) => ({ path, model, value })),
  );
  const asked: string[] = [];
  for (const { path, model, value } of calls) {
    const reply = await server.post(path, value, {
      headers: { 'content-type': 'application/json', ...(path === '/predict' ? { 'x-heddle-model': model } : {}) },
    });
    await reply.text();
    asked.push(`${path} ${model} ${reply.status}`);
  }
  expect(asked.sort()).toEqual([
    '/models/own-schemas/predict own-schemas 200',
    '/predict own-schemas 200',
    '/v1/chat/completions smollm2 200',
    '/v1/completions smollm2 200',
    '/v1/embeddings minilm 200',
    '/v1/messages smollm2 200',
    '/v1/messages/count_tokens smollm2 200',
    '/v1/responses smollm2 200',
    '/v1/responses/input_tokens smollm2 200',
  ]);
}, 60_000);
