// One class, every dialect: a class that only chats behind the other text routes, and the real chat model on all of them.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';

const adapted = fileURLToPath(new URL('../fixtures/models/adapted', import.meta.url));
let server: TestServer;

beforeAll(async () => {
  server = await serve([`${modelsDir}/smollm2`, adapted]);
}, 120_000);
afterAll(() => server.close());

async function ask(path: string, body: object) {
  const reply = await server.post(path, body);
  const json = await bodyOf(reply);
  expect(reply.status, JSON.stringify(json)).toBe(200);
  return json;
}

/** The objects of a stream's `data:` lines. */
async function streamOf(path: string, body: object) {
  const reply = await server.post(path, { ...body, stream: true });
  expect(reply.status).toBe(200);
  const data = [...(await reply.text()).matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => json);
  return data.map((json) => JSON.parse(json));
}

const system = 'Answer in one sentence.';
const turns = [
  { role: 'user', content: 'What is the capital of France?' },
  { role: 'assistant', content: 'Paris.' },
  { role: 'user', content: 'And of Italy?' },
];
const sampling = { model: 'smollm2', temperature: 0 };
const chat = { ...sampling, messages: [{ role: 'system', content: system }, ...turns], max_completion_tokens: 12 };
const messages = { ...sampling, system, messages: turns, max_tokens: 12 };
const responses = { ...sampling, instructions: system, input: turns, max_output_tokens: 12 };

test('one conversation has one answer and one usage on every route, streamed and not', async () => {
  const answer = await ask('/v1/chat/completions', chat);
  const text: string = answer.choices[0].message.content;
  const [prompt, completion] = [answer.usage.prompt_tokens, answer.usage.completion_tokens];
  expect(text.length).toBeGreaterThan(0);

  const message = await ask('/v1/messages', messages);
  expect(message).toMatchObject({ content: [{ type: 'text', text }], usage: { input_tokens: prompt, output_tokens: completion } });
  const response = await ask('/v1/responses', responses);
  expect(response).toMatchObject({ output: [{ content: [{ text }] }], usage: { input_tokens: prompt, output_tokens: completion } });

  const chunks = await streamOf('/v1/chat/completions', { ...chat, stream_options: { include_usage: true } });
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(text);
  expect(chunks.at(-1).usage).toMatchObject({ prompt_tokens: prompt, completion_tokens: completion });
  const events = await streamOf('/v1/messages', messages);
  expect(events.map(({ delta }) => delta?.text ?? '').join('')).toBe(text);
  expect(events[0].message.usage.input_tokens).toBe(prompt);
  expect(events.at(-2).usage).toMatchObject({ input_tokens: prompt, output_tokens: completion });
  const items = await streamOf('/v1/responses', responses);
  expect(items.map(({ delta }) => delta ?? '').join('')).toBe(text);
  expect(items.at(-1).response.usage).toMatchObject({ input_tokens: prompt, output_tokens: completion });

  expect(await ask('/v1/messages/count_tokens', { model: 'smollm2', system, messages: turns })).toEqual({ input_tokens: prompt });
  const counted = await ask('/v1/responses/input_tokens', { model: 'smollm2', instructions: system, input: turns });
  expect(counted).toEqual({ object: 'response.input_tokens', input_tokens: prompt });
}, 120_000);

test('a chat has the answer and the usage of its rendered template as a completions prompt', async () => {
  const answer = await ask('/v1/chat/completions', chat);
  const turnOf = (role: string, content: string) => `<|im_start|>${role}\n${content}<|im_end|>\n`;
  const rendered = turnOf('system', system) + turns.map(({ role, content }) => turnOf(role, content)).join('');
  const prompt = `${rendered}<|im_start|>assistant\n`;
  const completion = await ask('/v1/completions', { ...sampling, prompt, max_tokens: 12 });
  expect(completion.choices[0].text).toBe(answer.choices[0].message.content);
  expect(completion.usage).toEqual(answer.usage);
  // A beginning of the assistant's is continued right behind its last character, on both routes.
  const begun = [...chat.messages, { role: 'assistant', content: 'The capital' }];
  const continued = await ask('/v1/chat/completions', { ...chat, messages: begun });
  const other = await ask('/v1/completions', { ...sampling, prompt: `${prompt}The capital`, max_tokens: 12 });
  expect(other.choices[0].text).toBe(continued.choices[0].message.content);
  expect(other.usage).toEqual(continued.usage);
}, 120_000);

test('a count grows with the content', async () => {
  const counts: number[] = [];
  for (const content of ['one', 'one two', 'one two three', 'one two three, and then four']) {
    counts.push((await ask('/v1/messages/count_tokens', { model: 'smollm2', messages: [{ role: 'user', content }] })).input_tokens);
  }
  expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
});

test('a prompt that is too long is named as its route writes it', async () => {
  const content = 'word '.repeat(9_000);
  const reply = await server.post('/v1/responses', { ...responses, input: content });
  expect(reply.status).toBe(400);
  expect((await bodyOf(reply)).error).toMatchObject({ code: 'context_length_exceeded', param: 'input' });
  const refused = await server.post('/v1/messages', { ...messages, messages: [{ role: 'user', content }] });
  expect(refused.status).toBe(400);
  expect((await bodyOf(refused)).error.type).toBe('invalid_request_error');
});

test('an image for a model of text is refused by its type on every route', async () => {
  const refusals: [string, object, string][] = [
    ['chat/completions', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0].type'],
    ['responses', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, 'input[0].content[0].type'],
    ['responses/input_tokens', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, 'input[0].content[0].type'],
    ['messages', { messages: [{ role: 'user', content: [{ type: 'image' }] }], max_tokens: 1 }, 'messages[0].content[0].type'],
    ['messages/count_tokens', { messages: [{ role: 'user', content: [{ type: 'image' }] }] }, 'messages[0].content[0].type'],
  ];
  for (const [path, body, param] of refusals) {
    const reply = await server.post(`/v1/${path}`, { model: 'smollm2', ...body });
    expect([path, reply.status]).toEqual([path, 400]);
    expect((await bodyOf(reply)).error.message).toContain(`expected ${param} to be "`);
  }
});

const ofAdapted = { model: 'adapted' };
const hello = [{ role: 'user', content: 'hi' }];

test('a class of finished chats answers on every route it names', async () => {
  const message = await ask('/v1/messages', { ...ofAdapted, messages: hello, max_tokens: 5 });
  expect(message).toMatchObject({ content: [{ text: 'hello' }], stop_reason: 'end_turn', usage: { input_tokens: 7, output_tokens: 3 } });
  const response = await ask('/v1/responses', { ...ofAdapted, input: 'hi' });
  expect(response).toMatchObject({ status: 'completed', output: [{ content: [{ text: 'hello' }] }], usage: { total_tokens: 10 } });
  const completion = await ask('/v1/completions', { ...ofAdapted, prompt: 'hi' });
  expect(completion).toMatchObject({ choices: [{ text: 'hello', finish_reason: 'stop' }], usage: { total_tokens: 10 } });
});

test('a class of chunks streams on every route it names', async () => {
  const events = await streamOf('/v1/messages', { ...ofAdapted, messages: hello, max_tokens: 5 });
  expect(events.flatMap(({ delta }) => delta?.text ?? [])).toEqual(['hel', 'lo']);
  expect(events.at(-2).usage).toMatchObject({ input_tokens: 7, output_tokens: 3 });
  const items = await streamOf('/v1/responses', { ...ofAdapted, input: 'hi' });
  expect(items.flatMap(({ delta }) => delta ?? [])).toEqual(['hel', 'lo']);
  const chunks = await streamOf('/v1/completions', { ...ofAdapted, prompt: 'hi', stream_options: { include_usage: true } });
  expect(chunks.flatMap(({ choices }) => choices[0]?.text ?? []).join('')).toBe('hello');
  expect(chunks.at(-1).usage.total_tokens).toBe(10);
});

test('an error of the chat names the field of the route', async () => {
  const reply = await server.post('/v1/completions', { ...ofAdapted, prompt: 'too long' });
  expect((await bodyOf(reply)).error).toMatchObject({
    code: 'context_length_exceeded',
    param: 'prompt',
    message: 'expected prompt to fit',
  });
  const several = await server.post('/v1/completions', { ...ofAdapted, prompt: [1, 2] });
  expect((await bodyOf(several)).error).toMatchObject({ code: 'unsupported_value', param: 'prompt' });
});

test('counts are served below the name of a model and listed with its methods', async () => {
  const counted = await ask('/v1/models/adapted/messages/count_tokens', { messages: hello });
  expect(counted).toEqual({ input_tokens: JSON.stringify(hello).length });
  const { paths } = await bodyOf(await fetch(`${server.url}/openapi.json`));
  expect(paths['/v1/messages/count_tokens'].post.operationId).toBe('countTokens');
  expect(paths['/v1/responses/input_tokens'].post.operationId).toBe('inputTokens');
});

test('without a model that counts, its routes are a 404 in the form of their family', async () => {
  const only = await serve([fileURLToPath(new URL('../fixtures/models/only-messages', import.meta.url))]);
  try {
    const reply = await only.post('/v1/messages/count_tokens', { messages: hello });
    expect(reply.status).toBe(404);
    const { error, type } = await bodyOf(reply);
    expect({ type, of: error.type }).toEqual({ type: 'error', of: 'not_found_error' });
    expect(error.message).toContain('countTokens beside messages');
    const other = await only.post('/v1/responses/input_tokens', { input: 'hi' });
    expect(other.status).toBe(404);
    expect((await bodyOf(other)).error).toMatchObject({
      code: 'unknown_url',
      message: expect.stringContaining('countTokens beside responses'),
    });
  } finally {
    await only.close();
  }
});
