// The `ai` package with tools and schemas, by each of its providers that speaks a route of the server.

import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenResponses } from '@ai-sdk/open-responses';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, type LanguageModel, Output, streamText, tool } from 'ai';
import { apiKey, type Client, cell, chatModel, type Route, serverUrl } from './cell.ts';
import { city, type City, weatherQuestion } from './weather.ts';

globalThis.AI_SDK_LOG_WARNINGS = false;

const baseURL = `${serverUrl}/v1`;
const models: readonly [Client, Route, LanguageModel][] = [
  [
    '@ai-sdk/openai-compatible',
    'chat completions',
    createOpenAICompatible({ name: 'heddle', baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true }).chatModel(chatModel),
  ],
  ['@ai-sdk/openai', 'chat completions', createOpenAI({ baseURL, apiKey }).chat(chatModel)],
  ['@ai-sdk/openai', 'responses', createOpenAI({ baseURL, apiKey }).responses(chatModel)],
  ['@ai-sdk/open-responses', 'responses', createOpenResponses({ name: 'heddle', url: `${baseURL}/responses`, apiKey })(chatModel)],
  ['@ai-sdk/anthropic', 'messages', createAnthropic({ baseURL, apiKey })(chatModel)],
];

for (const [client, route, model] of models) {
  const call = { model, prompt: weatherQuestion, temperature: 0, maxOutputTokens: 64, maxRetries: 0 };
  const lookOnly = { get_weather: tool({ description: 'Tells the weather of a city.', inputSchema: city }) };

  cell(client, route, 'tools', 'a required call has an input that fits its schema, streamed too', async () => {
    const plain = await generateText({ ...call, tools: lookOnly, toolChoice: 'required' });
    assert.equal(plain.finishReason, 'tool-calls');
    const [first] = plain.toolCalls;
    assert.ok(first !== undefined && first.dynamic !== true);
    city.parse(first.input);
    const stream = streamText({ ...call, tools: lookOnly, toolChoice: { type: 'tool', toolName: 'get_weather' } });
    const [streamed] = await stream.toolCalls;
    city.parse(streamed?.input);
    assert.equal(await stream.finishReason, 'tool-calls');
  });

  cell(client, route, 'tools', 'the results of a first step go into a second', async () => {
    const seen: City[] = [];
    const execute = async (input: City) => {
      seen.push(input);
      return 'sunny';
    };
    const look = tool({ description: 'Tells the weather of a city.', inputSchema: city, execute });
    const { steps } = await generateText({ ...call, tools: { look }, toolChoice: 'required', stopWhen: isStepCount(2) });
    assert.deepEqual([steps.length, seen.length], [2, 2]);
  });

  cell(client, route, 'schema', 'an output of the schema is the same plain and streamed', async () => {
    const output = Output.object({ schema: city });
    const plain = await generateText({ ...call, output });
    city.parse(plain.output);
    assert.deepEqual(await streamText({ ...call, output }).output, plain.output);
  });
}
