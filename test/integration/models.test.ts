// The two models that come with heddle, over real sockets: every method route answers, and answers rightly.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';

let server: TestServer;

beforeAll(async () => {
  server = await serve([`${modelsDir}/minilm`, `${modelsDir}/smollm2`]);
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

const question = { messages: [{ role: 'user', content: 'What is the capital of France?' }], temperature: 0 };

test('both models are ready', async () => {
  const { data } = await bodyOf(await fetch(`${server.url}/v1/models`));
  expect(data.map((model: { id: string }) => model.id)).toEqual(expect.arrayContaining(['minilm', 'smollm2']));
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('chat completions name Paris', async () => {
  const reply = await server.post('/v1/chat/completions', { model: 'smollm2', ...question });
  expect(reply.status).toBe(200);
  const { choices, usage } = await bodyOf(reply);
  expect(choices[0].message.content).toBe('The capital of France is Paris.');
  expect(usage).toMatchObject({ prompt_tokens: 37, total_tokens: 37 + usage.completion_tokens });
});

test('streamed chat completions hold the same text and end with their terminator', async () => {
  const reply = await server.post('/v1/chat/completions', { ...question, stream: true });
  const text = await reply.text();
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  const chunks = text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));
  expect(chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join('')).toBe('The capital of France is Paris.');
});

test('messages, responses and completions answer', async () => {
  const messages = await bodyOf(await server.post('/v1/messages', { ...question, max_tokens: 20 }));
  expect(messages.content[0].text).toBe('The capital of France is Paris.');
  const responses = await bodyOf(await server.post('/v1/responses', { input: question.messages[0]?.content, temperature: 0 }));
  expect(responses).toMatchObject({ status: 'completed', store: true });
  expect(responses.output[0].content[0].text).toBe('The capital of France is Paris.');
  const completion = await bodyOf(
    await server.post('/v1/completions', { prompt: 'The capital of France is', temperature: 0, max_tokens: 4 }),
  );
  expect(completion.choices[0].text).toContain('Paris');
});

test('a field that is not served is refused by name', async () => {
  const reply = await server.post('/v1/completions', { model: 'smollm2', prompt: 'a', suffix: 'b' });
  expect(reply.status).toBe(400);
  expect((await bodyOf(reply)).error).toMatchObject({ param: 'suffix' });
});

const golden: { texts: { text: string; embedding: string }[] } = JSON.parse(
  readFileSync(new URL('../golden/minilm.json', import.meta.url), 'utf8'),
);

// The cut at 256 tokens is asked for; the empty text is refused over HTTP.
const texts = golden.texts.filter(({ text }) => text !== '');

test('embeddings stay within cosine 0.99 of the fp32 reference', async () => {
  const body = { model: 'minilm', input: texts.map(({ text }) => text), encoding_format: 'base64', truncate: true };
  const reply = await server.post('/v1/embeddings', body);
  expect(reply.status).toBe(200);
  const { data } = await bodyOf(reply);
  for (const [index, { embedding }] of texts.entries()) expect(cosine(data[index].embedding, embedding)).toBeGreaterThan(0.99);
});

test('an empty text is refused with its index', async () => {
  const reply = await server.post('/v1/embeddings', { input: ['a', ''] });
  expect(reply.status).toBe(400);
  expect((await bodyOf(reply)).error.param).toBe('input[1]');
});

test('a text that stands alone is refused as the input, an id at its place', async () => {
  for (const [input, param] of [
    ['word '.repeat(300), 'input'],
    [[1, 1_000_000], 'input[1]'],
    [[[1], [1_000_000]], 'input[1][0]'],
  ] as const) {
    const reply = await server.post('/v1/embeddings', { model: 'minilm', input });
    expect((await bodyOf(reply)).error.param).toBe(param);
  }
});

/** Of two little-endian float32 vectors in base64. */
function cosine(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer));
  let [dot, aa, bb] = [0, 0, 0];
  for (const [index, value] of (a ?? []).entries()) {
    const other = b?.[index] ?? 0;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  }
  return dot / Math.sqrt(aa * bb);
}

test('bytes for a predict that has a schema are refused', async () => {
  const init = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: 'x' };
  const reply = await fetch(`${server.url}/models/minilm/predict`, init);
  expect(reply.status).toBe(415);
  expect((await bodyOf(reply)).error.code).toBe('unsupported_media_type');
});
