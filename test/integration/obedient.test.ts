// Every capability on the wire: a class that honours all that it declares, so that what does not arrive was lost on the way.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, serve, type TestServer } from '../support/serve.ts';

let server: TestServer;

beforeAll(async () => {
  server = await serve([fileURLToPath(new URL('../fixtures/models/obedient', import.meta.url))]);
}, 60_000);
afterAll(() => server.close());

async function ask(path: string, body: object) {
  const reply = await server.post(path, body);
  const json = await bodyOf(reply);
  expect(reply.status, JSON.stringify(json)).toBe(200);
  return json;
}

const user = (content: string) => [{ role: 'user', content }];
const chat = (content: string, more: object = {}) => ask('/v1/chat/completions', { messages: user(content), ...more });
const textOf = async (content: string, more: object = {}): Promise<string> => (await chat(content, more)).choices[0].message.content;
const completion = (prompt: unknown, more: object = {}) => ask('/v1/completions', { prompt, temperature: 0, ...more });

test.each([
  ['max_tokens', { max_completion_tokens: 3 }, 'Hel', 'length'],
  ['a stop string', { stop: 'lo' }, 'Hel', 'stop'],
  ['logit_bias against a character', { logit_bias: { 72: -100 } }, 'Iello', 'stop'],
  ['logit_bias for a character', { logit_bias: { 65: 100 }, max_tokens: 3 }, 'AAA', 'length'],
  // The second l is past what the penalty leaves of it.
  ['frequency_penalty', { frequency_penalty: 2, presence_penalty: 2 }, 'Helmo', 'stop'],
  ['min_tokens', { min_tokens: 7 }, 'Hello..', 'stop'],
  ['ignore_eos', { ignore_eos: true, max_tokens: 6 }, 'Hello.', 'length'],
] as const)('%s reaches the model', async (_, more, content, finish_reason) => {
  expect((await chat('Say Hello', { temperature: 0, ...more })).choices[0]).toMatchObject({ message: { content }, finish_reason });
});

test('a seed repeats a text, and choices under it differ', async () => {
  const invented = async (more: object) => {
    const { choices } = await chat('Invent a name', { seed: 7, n: 8, temperature: 2, ...more });
    return choices.map(({ message }: { message: { content: string } }) => message.content);
  };
  const texts = await invented({});
  expect(await invented({})).toEqual(texts);
  expect(new Set(texts).size).toBeGreaterThan(1);
  // One candidate leaves no choice.
  for (const more of [{ top_k: 1 }, { top_p: 0 }, { min_p: 1 }]) expect(new Set(await invented(more)).size).toBe(1);
});

test('a schema, and keys that are asked for in words, are kept to', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' }, count: { type: 'integer' } }, required: ['city', 'count'] };
  const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
  expect(JSON.parse(await textOf('We are 3 in Bern', { response_format }))).toEqual({ city: 'Bern', count: 3 });
  const loose = await textOf('JSON with "age" (a number), which is 5', { response_format: { type: 'json_object' } });
  expect(JSON.parse(loose)).toEqual({ age: 5 });
});

test.each([
  ['guided_choice', { guided_choice: ['red', 'blue'] }, 'blue'],
  ['guided_regex', { guided_regex: '[A-Z]{3}-(?:\\d+|none)' }, 'AAA-0'],
  ['guided_grammar', { guided_grammar: 'root ::= "it is " colour ("!")?\ncolour ::= "red" | "blue"' }, 'it is red'],
] as const)('%s reaches the model', async (_, more, text) => {
  expect(await textOf('Is it blue?', { ...more, temperature: 0 })).toBe(text);
});

test('log probabilities of a stream are those of the whole reply', async () => {
  const asked = { messages: user('Say exactly: one two'), temperature: 0, logprobs: true, top_logprobs: 2 };
  const whole = (await ask('/v1/chat/completions', asked)).choices[0].logprobs.content;
  expect(whole).toHaveLength('one two'.length);
  const reply = await server.post('/v1/chat/completions', { ...asked, stream: true });
  const chunks = [...(await reply.text()).matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json));
  expect(chunks.flatMap(({ choices }) => choices[0].logprobs?.content ?? [])).toEqual(whole);
});

test('echo, log probabilities of the prompt, several prompts and token ids of completions', async () => {
  const echoed = await completion('The capital of France is', { echo: true, max_tokens: 0, logprobs: 1 });
  expect(echoed.choices[0]).toMatchObject({ text: 'The capital of France is', finish_reason: 'length' });
  expect(echoed.choices[0].logprobs.token_logprobs.slice(0, 2)).toEqual([null, Math.log(0.9)]);
  const ids = Array.from('The capital of Japan is', (character) => character.codePointAt(0));
  const { choices } = await completion([ids, ids]);
  expect(choices.map(({ text }: { text: string }) => text)).toEqual([' Tokyo.', ' Tokyo.']);
  const best = await completion('Once', { n: 1, best_of: 8, temperature: 2, seed: 3, max_tokens: 1 });
  expect(best.usage.completion_tokens).toBe(8);
});

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const question = 'What is the weather in Bern, and the time?';
const names = ['get_weather', 'get_time'];

test('two calls in one turn arrive in the form of each route', async () => {
  const tools = names.map((name) => ({ type: 'function', function: { name, parameters: city } }));
  const { choices } = await chat(question, { tools });
  expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
  const called = choices[0].message.tool_calls.map((call: { function: object }) => call.function);
  expect(called).toEqual(names.map((name) => ({ name, arguments: '{"city":"Bern"}' })));

  const flat = names.map((name) => ({ type: 'function', name, parameters: city }));
  const { output } = await ask('/v1/responses', { input: question, tools: flat });
  expect(output).toMatchObject(names.map((name) => ({ type: 'function_call', name, arguments: '{"city":"Bern"}' })));
  const single = await ask('/v1/responses', { input: question, tools: flat, parallel_tool_calls: false });
  expect(single.output).toHaveLength(1);

  const own = { messages: user(question), max_tokens: 200, tools: names.map((name) => ({ name, input_schema: city })) };
  const { content, stop_reason } = await ask('/v1/messages', own);
  expect(stop_reason).toBe('tool_use');
  expect(content).toMatchObject(names.map((name) => ({ type: 'tool_use', name, input: { city: 'Bern' } })));
  const silent = await ask('/v1/messages', { ...own, tool_choice: { type: 'none' } });
  expect(silent).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] });
});

test('images and documents arrive through the adapters', async () => {
  const data = Buffer.from('bytes').toString('base64');
  const ofType = (type: string, media_type: string) => ({ type, source: { type: 'base64', media_type, data } });
  for (const [block, said] of [
    [ofType('image', 'image/png'), 'png'],
    [ofType('document', 'application/pdf'), 'pdf'],
  ]) {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, block] }];
    expect((await ask('/v1/messages', { messages, max_tokens: 20 })).content).toMatchObject([{ text: said }]);
  }
  const parts = [{ type: 'input_image', image_url: `data:image/gif;base64,${data}` }];
  expect((await ask('/v1/responses', { input: [{ role: 'user', content: parts }] })).output).toMatchObject([
    { content: [{ text: 'gif' }] },
  ]);
});

test('what is cached is told on the routes that have a place for it', async () => {
  const messages = [{ role: 'system', content: 'A long beginning that repeats.' }, ...user('Say hi')];
  const first = await ask('/v1/chat/completions', { messages });
  const again = await ask('/v1/chat/completions', { messages });
  expect(again.usage.prompt_tokens_details.cached_tokens).toBe(first.usage.prompt_tokens);
  const response = await ask('/v1/responses', { instructions: 'A long beginning that repeats.', input: 'Say hi' });
  expect(response.usage.input_tokens_details.cached_tokens).toBe(response.usage.input_tokens);
});

test('vectors have the length that is asked for, and one longer than the model is refused', async () => {
  const { data } = await ask('/v1/embeddings', { input: 'hi', dimensions: 16 });
  expect(data[0].embedding).toHaveLength(16);
  const reply = await server.post('/v1/embeddings', { input: 'hi', dimensions: 1000 });
  expect((await bodyOf(reply)).error).toMatchObject({ param: 'dimensions' });
});
