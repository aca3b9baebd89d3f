// What breaks clients of embeddings: the encoding that was not asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embed } from 'ai';
import OpenAI from 'openai';
import { apiKey, embeddingModel as model } from './cell.ts';
import { json, type Mutation, through, unchanged } from './mutating-proxy.ts';

type Embed = (url: string) => Promise<unknown>;

const baseUrl = (url: string) => `${url}/v1`;
const openai =
  (encoding?: 'float'): Embed =>
  async (url) => {
    const client = new OpenAI({ baseURL: baseUrl(url), apiKey, maxRetries: 0 });
    const reply = await client.embeddings.create({
      model,
      input: 'a cat',
      ...(encoding === undefined ? {} : { encoding_format: encoding }),
    });
    return reply.data[0]?.embedding;
  };
const langChain: Embed = (url) =>
  new OpenAIEmbeddings({ apiKey, model, maxRetries: 0, configuration: { baseURL: baseUrl(url) } }).embedQuery('a cat');
const aiOpenai: Embed = async (url) =>
  (await embed({ model: createOpenAI({ baseURL: baseUrl(url), apiKey }).embedding(model), value: 'a cat', maxRetries: 0 })).embedding;
const aiCompatible: Embed = async (url) => {
  const provider = createOpenAICompatible({ name: 'heddle', baseURL: baseUrl(url), apiKey });
  return (await embed({ model: provider.embeddingModel(model), value: 'a cat', maxRetries: 0 })).embedding;
};

/** Floats as text of bytes, or the other way round. */
const otherEncoding: Mutation = json((body) => {
  for (const item of body.data) {
    const { embedding } = item;
    if (typeof embedding === 'string') {
      const bytes = Buffer.from(embedding, 'base64');
      item.embedding = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
    } else item.embedding = Buffer.from(Float32Array.from(embedding).buffer).toString('base64');
  }
});

const table: readonly [string, Embed, 'same' | 'string' | RegExp][] = [
  // Versions before 7 of openai read floats as bytes, and gave a quarter of the dimensions.
  ['floats where base64 was asked do not matter to openai', openai(), 'same'],
  ['floats where base64 was asked do not matter to @langchain/openai', langChain, 'same'],
  ['base64 where floats were asked reaches the caller of openai', openai('float'), 'string'],
  ['base64 where floats were asked fails @ai-sdk/openai', aiOpenai, /./],
  ['base64 where floats were asked fails @ai-sdk/openai-compatible', aiCompatible, /./],
];

for (const [name, ask, expected] of table) {
  test(`embeddings: ${name}`, { timeout: 60_000 }, async () => {
    const right = await through(unchanged, ask);
    assert.ok(Array.isArray(right) && right.length === 384);
    const call = through(otherEncoding, ask);
    if (expected instanceof RegExp) await assert.rejects(call, expected);
    else if (expected === 'string') assert.equal(typeof (await call), 'string');
    else assert.deepEqual(await call, right);
  });
}
