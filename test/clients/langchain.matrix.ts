// LangChain's chat models and embeddings: text, streams, errors and leaving.

import assert from 'node:assert/strict';
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel, BaseChatModelCallOptions } from '@langchain/core/language_models/chat_models';
import type { AIMessageChunk, UsageMetadata } from '@langchain/core/messages';
import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from '@langchain/openai';
import {
  all,
  apiKey,
  type Client,
  cell,
  chatModel,
  embeddingModel,
  idle,
  longAnswer,
  longTask,
  question,
  rejection,
  type Route,
  runs,
  serverUrl,
} from './cell.ts';

interface Settings {
  readonly model: string;
  readonly maxTokens: number;
}

const configuration = { baseURL: `${serverUrl}/v1`, apiKey };
const common = { apiKey, temperature: 0, maxRetries: 0, configuration };

const models: readonly [Client, Route, (settings: Settings) => BaseChatModel<BaseChatModelCallOptions, AIMessageChunk>][] = [
  ['@langchain/openai', 'chat completions', (settings) => new ChatOpenAI({ ...common, ...settings })],
  ['@langchain/openai', 'responses', (settings) => new ChatOpenAI({ ...common, ...settings, useResponsesApi: true })],
  [
    '@langchain/anthropic',
    'messages',
    (settings) => new ChatAnthropic({ apiKey, temperature: 0, maxRetries: 0, anthropicApiUrl: serverUrl, ...settings }),
  ],
];

for (const [client, route, open] of models) {
  const model = open({ model: chatModel, maxTokens: 24 });

  cell(client, route, 'plain', 'an answer has text and usage', async () => {
    const message = await model.invoke(question);
    assert.match(message.text, /Paris/);
    const usage = usageOf(message);
    assert.ok(usage.input_tokens > 0 && usage.output_tokens > 0);
    assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
  });

  cell(client, route, 'stream', 'chunks add up to the plain answer and its usage', async () => {
    const plain = await model.invoke(question);
    const gathered = (await all<AIMessageChunk>(await model.stream(question))).reduce((sum, chunk) => sum.concat(chunk));
    assert.equal(gathered.text, plain.text);
    const [usage, expected] = [usageOf(gathered), usageOf(plain)];
    assert.deepEqual([usage.input_tokens, usage.output_tokens], [expected.input_tokens, expected.output_tokens]);
  });

  cell(client, route, 'error', 'an unknown model is an error with status and message', async () => {
    const error = await rejection(open({ model: 'nowhere', maxTokens: 24 }).invoke(question), Error);
    assert.equal('status' in error && error.status, 404);
    assert.match(error.message, /404 .*unknown name/);
  });

  cell(client, route, 'abort', 'an aborted stream stops its work', async () => {
    const leaving = new AbortController();
    const stream = await open({ model: chatModel, maxTokens: longAnswer }).stream(longTask, { signal: leaving.signal });
    const ended = rejection(all(stream), Error);
    await runs(chatModel, 1);
    leaving.abort();
    await ended;
    await idle();
  });
}

cell('@langchain/openai', 'completions', 'plain', 'a continuation has text', async () => {
  const model = new OpenAI({ ...common, model: chatModel, maxTokens: 16 });
  assert.notEqual((await model.invoke('The capital of France is')).trim(), '');
});

cell('@langchain/openai', 'completions', 'stream', 'chunks add up to the plain continuation', async () => {
  const model = new OpenAI({ ...common, model: chatModel, maxTokens: 16 });
  const prompt = 'The capital of France is';
  assert.equal((await all<string>(await model.stream(prompt))).join(''), await model.invoke(prompt));
});

cell('@langchain/openai', 'embeddings', 'plain', 'one vector equals its row of many', async () => {
  const embeddings = new OpenAIEmbeddings({ apiKey, model: embeddingModel, maxRetries: 0, configuration });
  const one = await embeddings.embedQuery('a cat');
  const [, row] = await embeddings.embedDocuments(['a tax form', 'a cat']);
  assert.equal(one.length, 384);
  assert.deepEqual(row, one);
});

cell('@langchain/openai', 'embeddings', 'error', 'an unknown model is an error with status and message', async () => {
  const embeddings = new OpenAIEmbeddings({ apiKey, model: 'nowhere', maxRetries: 0, configuration });
  const error = await rejection(embeddings.embedQuery('a cat'), Error);
  assert.equal('status' in error && error.status, 404);
});

function usageOf({ usage_metadata: usage }: AIMessageChunk): UsageMetadata {
  assert.ok(usage !== undefined, 'expected usage');
  return usage;
}
