// Several calls in one answer, over real sockets: the decoder of the shipped model in a class that lets it call more than once.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, serve, type TestServer } from '../support/serve.ts';

let server: TestServer;

beforeAll(async () => {
  server = await serve([fileURLToPath(new URL('../fixtures/models/several-calls', import.meta.url))]);
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

const cities = ['Paris', 'Rome', 'Oslo'];
const parameters = { type: 'object', properties: { city: { enum: cities } }, required: ['city'] };
const messages = [{ role: 'user', content: 'What is the weather in Paris, in Rome and in Oslo?' }];
const chat = '/v1/chat/completions';
const question = {
  messages,
  tools: [{ type: 'function', function: { name: 'get_weather', parameters } }],
  tool_choice: 'required',
  temperature: 0,
  max_completion_tokens: 200,
};

interface Call {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A body whose answer is two calls and then ends, by what no model has a say in. */
async function twice(): Promise<object> {
  const once = await bodyOf(await server.post(chat, { ...question, parallel_tool_calls: false }));
  expect(once.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ type: 'function' }] } });
  // Behind the first call the end is forbidden, so another one follows; behind that one the end is by far the likeliest.
  return { ...question, min_tokens: once.usage.completion_tokens + 2, logit_bias: { 2: 100 } };
}

function expectCalls(calls: readonly Call[]): void {
  for (const { function: called } of calls) {
    expect(called.name).toBe('get_weather');
    expect(cities).toContain(JSON.parse(called.arguments).city);
  }
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
}

test('a chat calls several tools in one answer, whole and streamed', async () => {
  const body = await twice();
  const { choices, usage } = await bodyOf(await server.post(chat, body));
  const { message, finish_reason } = choices[0];
  expect([finish_reason, message.content, message.tool_calls.length]).toEqual(['tool_calls', null, 2]);
  expectCalls(message.tool_calls);
  const reply = await server.post(chat, { ...body, stream: true, stream_options: { include_usage: true } });
  const chunks = [...(await reply.text()).matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json));
  const pieces = chunks.flatMap(({ choices: [choice] }) => choice?.delta.tool_calls ?? []);
  const streamed = [0, 1].map((index) => {
    const own = pieces.filter((piece) => piece.index === index);
    return { ...own[0], function: { ...own[0].function, arguments: own.map((piece) => piece.function.arguments ?? '').join('') } };
  });
  expectCalls(streamed);
  const called = (calls: readonly Call[]) => calls.map((call) => call.function);
  expect(called(streamed)).toEqual(called(message.tool_calls));
  // One after the other, never mixed.
  expect(pieces.map((piece) => piece.index)).toEqual(pieces.map((piece) => piece.index).sort());
  expect(chunks.at(-1).usage).toEqual(usage);
});

test('messages and responses tell each call of an answer as one of its own', async () => {
  const common = { model: 'several-calls', temperature: 0 };
  const asked = { messages, max_tokens: 200, tools: [{ name: 'get_weather', input_schema: parameters }], tool_choice: { type: 'any' } };
  const { content } = await bodyOf(await server.post('/v1/messages', { ...common, ...asked }));
  const input = { input: messages[0]?.content, max_output_tokens: 200, store: false, tool_choice: 'required' };
  const tools = [{ type: 'function', name: 'get_weather', parameters }];
  const { output } = await bodyOf(await server.post('/v1/responses', { ...common, ...input, tools }));
  const calls = {
    messages: content.map((block: { id: string; name: string; input: object }) => ({
      id: block.id,
      function: { name: block.name, arguments: JSON.stringify(block.input) },
    })),
    responses: output.map((item: { call_id: string; name: string; arguments: string }) => ({ id: item.call_id, function: item })),
  };
  for (const [route, all] of Object.entries(calls)) {
    // The model ends after two, well before the limit.
    expect(all.length, route).toBeGreaterThan(1);
    expectCalls(all);
  }
});
