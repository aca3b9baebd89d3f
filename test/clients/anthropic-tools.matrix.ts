// The `@anthropic-ai/sdk` package with tools, schemas and the count of tokens: what the hosted routes do with them.

import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { z } from 'zod';
import { apiKey, cell, chatModel, once, serverUrl } from './cell.ts';
import { city, type City, weatherQuestion } from './weather.ts';

const client = new Anthropic({ baseURL: serverUrl, apiKey, maxRetries: 0 });
const ask = { role: 'user' as const, content: weatherQuestion };
const body = { model: chatModel, max_tokens: 64, messages: [ask], temperature: 0 };
const { $schema: _, ...schema } = z.toJSONSchema(city);
const weather = { name: 'get_weather', description: 'Tells the weather of a city.', input_schema: { ...schema, type: 'object' as const } };
const forced = { type: 'tool' as const, name: 'get_weather' };
const forcedBody = { ...body, tools: [weather], tool_choice: forced };
const plainCall = once(() => client.messages.create(forcedBody));

function calls(message: Anthropic.Message) {
  return message.content.filter((block) => block.type === 'tool_use');
}

cell('@anthropic-ai/sdk', 'messages', 'tools', 'a forced call has an input that fits its schema', async () => {
  const message = await plainCall();
  assert.equal(message.stop_reason, 'tool_use');
  const [call] = calls(message);
  assert.equal(call?.name, 'get_weather');
  city.parse(call.input);
});

cell('@anthropic-ai/sdk', 'messages', 'tools', 'the stream helper gathers the call of the plain message', async () => {
  const plain = await plainCall();
  const gathered = await client.messages.stream(forcedBody).finalMessage();
  assert.deepEqual(calls(gathered)[0]?.input, calls(plain)[0]?.input);
  assert.equal(gathered.stop_reason, 'tool_use');
});

cell('@anthropic-ai/sdk', 'messages', 'tools', 'tool_choice none answers in words, any with a call', async () => {
  const none = await client.messages.create({ ...body, tools: [weather], tool_choice: { type: 'none' } });
  assert.deepEqual(calls(none), []);
  assert.equal(calls(await client.messages.create({ ...body, tools: [weather], tool_choice: { type: 'any' } })).length, 1);
});

cell('@anthropic-ai/sdk', 'messages', 'tools', 'the result of a call is accepted back', async () => {
  const first = await plainCall();
  const [call] = calls(first);
  assert.ok(call !== undefined);
  const result = { role: 'user' as const, content: [{ type: 'tool_result' as const, tool_use_id: call.id, content: 'sunny' }] };
  const messages = [ask, { role: 'assistant' as const, content: first.content }, result];
  const second = await client.messages.create({ ...body, tools: [weather], tool_choice: { type: 'none' }, messages });
  assert.ok(second.content.some((block) => block.type === 'text' && block.text.trim() !== ''));
});

cell('@anthropic-ai/sdk', 'messages', 'tools', 'the tool runner calls the function', async () => {
  const seen: City[] = [];
  const run = (input: City) => {
    seen.push(input);
    return 'sunny';
  };
  const tool = betaZodTool({ name: 'get_weather', description: 'Tells the weather of a city.', inputSchema: city, run });
  // A forced choice stays forced: without a limit the runner would never end.
  await client.beta.messages.toolRunner({ ...body, tools: [tool], tool_choice: forced, max_iterations: 2 });
  assert.ok(seen.length > 0);
  for (const input of seen) city.parse(input);
});

cell('@anthropic-ai/sdk', 'messages', 'schema', 'parse returns an object of the schema', async () => {
  const message = await client.messages.parse({ ...body, output_config: { format: zodOutputFormat(city) } });
  city.parse(message.parsed_output);
});

cell('@anthropic-ai/sdk', 'messages', 'plain', 'the count of tokens is that of the usage', async () => {
  const { input_tokens } = await client.messages.countTokens({ model: chatModel, messages: [ask] });
  assert.equal(input_tokens, (await client.messages.create({ ...body, max_tokens: 1 })).usage.input_tokens);
});
