// What a class declares reaches the main thread: requests are refused by it, and the list of models shows it.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Runtime } from 'heddle';
import { bodyOf, MemoryLogger, modelsDir, serve, type TestServer } from '../support/serve.ts';

const declared = fileURLToPath(new URL('../fixtures/models/declared', import.meta.url));
const messages = [{ role: 'user', content: 'hi' }];
let server: TestServer;

beforeAll(async () => {
  server = await serve([declared, `${modelsDir}/minilm`]);
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

async function asked(path: string, body: object): Promise<unknown[]> {
  const reply = await server.post(path, body);
  const { error, ...answer } = await bodyOf(reply);
  return error === undefined ? [reply.status, answer.choices?.[0]?.message.content] : [reply.status, error.code, error.param];
}

test('a field is served where its capability is declared, and refused by name where not', async () => {
  const chat = '/v1/chat/completions';
  expect(await asked(chat, { messages, top_k: 5 })).toEqual([200, '5 of 64']);
  expect(await asked(chat, { messages, frequency_penalty: 1 })).toEqual([400, 'unsupported_value', 'frequency_penalty']);
  expect(await asked(chat, { messages, tools: [{ type: 'function', function: { name: 'look' } }] })).toEqual([
    400,
    'unsupported_parameter',
    'tools',
  ]);
  // Three is what the instance says, two what the class does.
  expect(await asked(chat, { messages, n: 4 })).toEqual([400, 'invalid_value', 'n']);
});

test('the list of models shows static capabilities and those of the loaded instance', async () => {
  const model = await bodyOf(await fetch(`${server.url}/v1/models/declared`));
  expect(model).toMatchObject({ max_input_tokens: 64, max_tokens: 64 });
  expect(model.capabilities).toMatchObject({
    candidate_limits: { supported: true },
    choices: { supported: true, max: 3 },
    tools: { supported: false },
  });
});

test('the shipped embedder takes its own length of vectors, and names it where another is asked for', async () => {
  expect(await asked('/v1/embeddings', { input: 'a', model: 'minilm', dimensions: 384 })).toEqual([200, undefined]);
  expect(await asked('/v1/embeddings', { input: 'a', model: 'minilm', dimensions: 128 })).toEqual([400, 'invalid_value', 'dimensions']);
});

test('tools that are no functions are refused, or dropped and named where the server is told to', async () => {
  const adapted = fileURLToPath(new URL('../fixtures/models/adapted', import.meta.url));
  const bodies = {
    '/v1/chat/completions': { messages, tools: [{ type: 'web_search' }] },
    '/v1/responses': { input: 'hi', tools: [{ type: 'web_search' }], stream: true },
    '/v1/messages': { messages, max_tokens: 5, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  };
  const dropping = await serve([adapted], {}, { dropUnservedTools: true });
  const refusing = await serve([adapted]);
  try {
    for (const [path, body] of Object.entries(bodies)) {
      const reply = await dropping.post(path, body);
      expect([path, reply.status, reply.headers.get('heddle-dropped-tools')]).toEqual([path, 200, 'web_search']);
      expect(await reply.text()).toContain('hel');
      const refused = await refusing.post(path, body);
      expect([path, refused.status, refused.headers.get('heddle-dropped-tools')]).toEqual([path, 400, null]);
      await refused.text();
    }
    const called = await dropping.runtime.call('chatCompletions', bodies['/v1/chat/completions']);
    expect(called.headers.get('heddle-dropped-tools')).toBe('web_search');
  } finally {
    await dropping.close();
    await refusing.close();
  }
});

test('a strict runtime names an unknown field, which another one ignores', async () => {
  const strict = new Runtime({ logger: new MemoryLogger(), strict: true });
  try {
    await strict.load(declared);
    const body = { messages, temprature: 1 };
    await expect(strict.call('chatCompletions', body)).rejects.toMatchObject({ code: 'unknown_parameter', param: 'temprature' });
    expect((await strict.call('chatCompletions', { messages, user: 'me' })).status).toBe(200);
    expect((await server.runtime.call('chatCompletions', body)).status).toBe(200);
  } finally {
    await strict.close();
  }
});
