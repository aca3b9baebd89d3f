// The `ai` package with each of its providers that speaks a route of the server: text, streams, errors and leaving.

import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenResponses } from '@ai-sdk/open-responses';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embed, embedMany, generateText, type LanguageModel, streamText } from 'ai';
import {
  apiKey,
  type Client,
  cell,
  chatModel,
  embeddingModel,
  idle,
  longAnswer,
  longTask,
  once,
  question,
  rejection,
  type Route,
  runs,
  serverUrl,
} from './cell.ts';

// Completions have no tools, and the package would say so on every call.
globalThis.AI_SDK_LOG_WARNINGS = false;

const baseURL = `${serverUrl}/v1`;
const compatible = createOpenAICompatible({ name: 'heddle', baseURL, apiKey, includeUsage: true });
const openai = createOpenAI({ baseURL, apiKey });
const anthropic = createAnthropic({ baseURL, apiKey });
const openResponses = createOpenResponses({ name: 'heddle', url: `${baseURL}/responses`, apiKey });

const models: readonly [Client, Route, (name: string) => LanguageModel][] = [
  ['@ai-sdk/openai-compatible', 'chat completions', (name) => compatible.chatModel(name)],
  ['@ai-sdk/openai-compatible', 'completions', (name) => compatible.completionModel(name)],
  ['@ai-sdk/openai', 'chat completions', (name) => openai.chat(name)],
  ['@ai-sdk/openai', 'completions', (name) => openai.completion(name)],
  ['@ai-sdk/openai', 'responses', (name) => openai.responses(name)],
  ['@ai-sdk/open-responses', 'responses', (name) => openResponses(name)],
  ['@ai-sdk/anthropic', 'messages', (name) => anthropic(name)],
];

for (const [client, route, model] of models) {
  // The completions providers write the conversation as a text of their own, and stop where the user speaks again.
  const call = { model: model(chatModel), prompt: question, temperature: 0, maxOutputTokens: 24, maxRetries: 0 };
  const plainAnswer = once(() => generateText(call));

  cell(client, route, 'plain', 'an answer has text, a finish reason and usage', async () => {
    const { text, finishReason, usage } = await plainAnswer();
    assert.match(text, /Paris/);
    assert.match(finishReason, /^(stop|length)$/);
    assert.ok((usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0);
    assert.equal(usage.totalTokens, (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
  });

  cell(client, route, 'plain', 'an answer cut by maxOutputTokens says so', async () => {
    assert.equal((await generateText({ ...call, maxOutputTokens: 2 })).finishReason, 'length');
  });

  cell(client, route, 'stream', 'parts add up to the plain answer, its finish and its usage', async () => {
    const plain = await plainAnswer();
    const stream = streamText({ ...call, onError: () => undefined });
    let text = '';
    for await (const part of stream.textStream) text += part;
    assert.equal(text, plain.text);
    assert.equal(await stream.finishReason, plain.finishReason);
    const usage = await stream.usage;
    assert.deepEqual([usage.inputTokens, usage.outputTokens], [plain.usage.inputTokens, plain.usage.outputTokens]);
  });

  cell(client, route, 'error', 'an unknown model is an APICallError with status and message', async () => {
    const error = await rejection(generateText({ ...call, model: model('nowhere') }), Error);
    // Not instanceof: a provider may bring its own copy of the package that has the class.
    assert.ok(APICallError.isInstance(error));
    assert.equal(error.statusCode, 404);
    assert.equal(error.isRetryable, false);
    const said: { error: { message: string } } = JSON.parse(error.responseBody ?? '');
    assert.equal(error.message, said.error.message);
  });

  cell(client, route, 'abort', 'an aborted stream stops its work', async () => {
    const leaving = new AbortController();
    const long = { ...call, prompt: longTask, maxOutputTokens: longAnswer, abortSignal: leaving.signal, onError: () => undefined };
    const parts = streamText(long).textStream[Symbol.asyncIterator]();
    assert.equal((await parts.next()).done, false);
    await runs(chatModel, 1);
    leaving.abort();
    await idle();
  });
}

for (const [client, model] of [
  ['@ai-sdk/openai-compatible', compatible.textEmbeddingModel(embeddingModel)],
  ['@ai-sdk/openai', openai.textEmbeddingModel(embeddingModel)],
] as const) {
  cell(client, 'embeddings', 'plain', 'one vector equals its row of many', async () => {
    const one = await embed({ model, value: 'a cat', maxRetries: 0 });
    const many = await embedMany({ model, values: ['a tax form', 'a cat'], maxRetries: 0 });
    assert.equal(one.embedding.length, 384);
    assert.deepEqual(many.embeddings[1], one.embedding);
    assert.ok(one.usage.tokens > 0);
  });

  cell(client, 'embeddings', 'error', 'an empty text is an APICallError with status and message', async () => {
    const error = await rejection(embed({ model, value: '', maxRetries: 0 }), APICallError);
    assert.equal(error.statusCode, 400);
    assert.match(error.message, /input/);
  });
}
