// LangChain's chat models with tools and schemas.

import assert from 'node:assert/strict';
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { all, apiKey, type Client, cell, chatModel, once, type Route, serverUrl } from './cell.ts';
import { city, weatherQuestion } from './weather.ts';

const common = { apiKey, model: chatModel, temperature: 0, maxTokens: 64, maxRetries: 0 };
const configuration = { baseURL: `${serverUrl}/v1` };
const models: readonly [Client, Route, ChatOpenAI | ChatAnthropic][] = [
  ['@langchain/openai', 'chat completions', new ChatOpenAI({ ...common, configuration })],
  ['@langchain/openai', 'responses', new ChatOpenAI({ ...common, configuration, useResponsesApi: true })],
  ['@langchain/anthropic', 'messages', new ChatAnthropic({ ...common, anthropicApiUrl: serverUrl })],
];

const look = tool(() => 'sunny', { name: 'get_weather', description: 'Tells the weather of a city.', schema: city });

/** The union of the classes has no call that fits both; each takes these options. */
function withTools(model: ChatOpenAI | ChatAnthropic, choice: string) {
  return model instanceof ChatOpenAI ? model.bindTools([look], { tool_choice: choice }) : model.bindTools([look], { tool_choice: choice });
}

const ask = new HumanMessage(weatherQuestion);

for (const [client, route, model] of models) {
  const forced = once(() => withTools(model, 'get_weather').invoke([ask]));

  cell(client, route, 'tools', 'a forced call has arguments that fit its schema, streamed too', async () => {
    const [plain] = (await forced()).tool_calls ?? [];
    city.parse(plain?.args);
    const gathered = (await all(await withTools(model, 'get_weather').stream([ask]))).reduce((sum, chunk) => sum.concat(chunk));
    assert.deepEqual(
      gathered.tool_calls?.map((call) => call.args),
      [plain?.args],
    );
  });

  cell(client, route, 'tools', 'the result of a call is accepted back', async () => {
    const first = await forced();
    const [call] = first.tool_calls ?? [];
    assert.ok(call?.id !== undefined);
    const second = await withTools(model, 'none').invoke([ask, first, new ToolMessage({ tool_call_id: call.id, content: 'sunny' })]);
    assert.deepEqual(second.tool_calls ?? [], []);
    assert.notEqual(second.text.trim(), '');
  });

  cell(client, route, 'schema', 'withStructuredOutput returns an object of the schema', async () => {
    const structured = model instanceof ChatOpenAI ? model.withStructuredOutput(city) : model.withStructuredOutput(city);
    city.parse(await structured.invoke(weatherQuestion));
  });
}
