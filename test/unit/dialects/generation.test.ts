import { expect, test } from 'vitest';
import { FramedError } from '../../../src/contract/dialect.ts';
import type { MethodName } from '../../../src/contract/methods.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { eventsOf } from '../../support/events-of.ts';
import { contextFor, generation, jsonOf, textOf } from './framing.ts';

const messages = [{ role: 'user', content: 'hi' }];
const bodies = {
  chatCompletions: { messages },
  completions: { prompt: 'a' },
  responses: { input: 'a' },
  messages: { max_tokens: 9, messages },
};
const textMethods = ['chatCompletions', 'completions', 'responses', 'messages'] as const;
type TextMethod = (typeof textMethods)[number];

const frame = (method: TextMethod, result: unknown, more: object = {}) =>
  dialectFor(method).frame(result, contextFor(method, { ...bodies[method], ...more }));

async function streamed(method: TextMethod, result: unknown, more: object = {}) {
  return eventsOf(await textOf(await frame(method, result, { stream: true, ...more })));
}

const parsed = (events: readonly { readonly data: string }[]) =>
  events.filter((event) => event.data !== '[DONE]').map((event) => JSON.parse(event.data) as Record<string, unknown>); // Our own frames.

async function* failing() {
  yield { type: 'usage', promptTokens: 3, completionTokens: 0 };
  yield { type: 'text', text: 'Hel' };
  throw new Error('a secret');
}

test('a chat reply in one piece', async () => {
  expect(await jsonOf(await frame('chatCompletions', generation('length')))).toMatchObject({
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'tiny',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello', refusal: null }, logprobs: null, finish_reason: 'length' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
});

test('a chat stream: role, deltas, empty finish, usage when asked, the terminator', async () => {
  const events = await streamed('chatCompletions', generation(), { stream_options: { include_usage: true } });
  const chunks = parsed(events);
  const choices = chunks.map((chunk) => chunk['choices']);
  const choice = (delta: object, finish_reason: string | null) => [{ index: 0, delta, logprobs: null, finish_reason }];
  expect(choices).toEqual([
    choice({ role: 'assistant', content: '' }, null),
    choice({ content: 'Hel' }, null),
    choice({ content: 'lo' }, null),
    choice({}, 'stop'),
    [],
  ]);
  expect(chunks.map((chunk) => chunk['usage'] === null)).toEqual([true, true, true, true, false]);
  expect(new Set(chunks.map((chunk) => chunk['id'])).size).toBe(1);
  expect(events.at(-1)?.data).toBe('[DONE]');
});

test('a chat stream without include_usage has no usage at all', async () => {
  const events = await streamed('chatCompletions', generation());
  expect(parsed(events).some((chunk) => 'usage' in chunk)).toBe(false);
});

test('completions whole and streamed', async () => {
  expect(await jsonOf(await frame('completions', generation()))).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'Hello', finish_reason: 'stop' }],
  });
  const events = await streamed('completions', generation('length'));
  expect(parsed(events).map((chunk) => chunk['choices'])).toMatchObject([
    [{ text: 'Hel' }],
    [{ text: 'lo' }],
    [{ text: '', finish_reason: 'length' }],
  ]);
  expect(events.at(-1)?.data).toBe('[DONE]');
});

test('a response in one piece has every key and an item with annotations', async () => {
  const reply = await jsonOf(await frame('responses', generation('length'), { metadata: { a: 'b' } }));
  expect(reply).toMatchObject({
    object: 'response',
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    store: true,
    error: null,
    metadata: { a: 'b' },
    output: [{ type: 'message', status: 'incomplete', content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }] }],
    usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
  });
});

test('a response stream has every event in order, numbered without gaps', async () => {
  const events = await streamed('responses', generation());
  const names = events.map((event) => event.event);
  expect(names).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
    undefined,
  ]);
  expect(parsed(events).map((event) => event['type'])).toEqual(names.slice(0, -1));
  expect(parsed(events).map((event) => event['sequence_number'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('the head of a response stream has what its first event has of the response', async () => {
  const framed = await frame('responses', generation(), { stream: true });
  const { response } = parsed(eventsOf(await textOf(framed)))[0] ?? {};
  expect(framed.head.response).toEqual({ id: expect.stringMatching(/^resp_/), model: 'tiny', created: 1_700_000_000 });
  expect(response).toMatchObject({ id: framed.head.response?.id, model: 'tiny', created_at: 1_700_000_000 });
});

test('a failed response stream writes error, then response.failed, and says so', async () => {
  const framed = await frame('responses', failing(), { stream: true });
  if (framed.kind !== 'stream') throw new Error('expected a stream');
  let text = '';
  const read = async () => {
    for await (const part of framed.frames) text += Buffer.from(part.bytes).toString('utf8');
  };
  await expect(read()).rejects.toBeInstanceOf(FramedError);
  const events = eventsOf(text);
  expect(events.slice(-2).map((event) => event.event)).toEqual(['error', 'response.failed']);
  expect(parsed(events).map((event) => event['sequence_number'])).toEqual(events.map((_, index) => index));
  expect(parsed(events).at(-2)).toMatchObject({ code: null, error: { type: 'server_error' } });
  expect(parsed(events).at(-1)).toMatchObject({ response: { error: { code: 'server_error' } } });
  expect(text).not.toContain('secret');
});

test('a message whole and streamed', async () => {
  expect(await jsonOf(await frame('messages', generation('stop', 'END')))).toMatchObject({
    type: 'message',
    content: [{ type: 'text', text: 'Hello', citations: [] }],
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
    usage: { input_tokens: 3, output_tokens: 2 },
  });
  const events = await streamed('messages', generation('length'));
  expect(events.map((event) => event.event)).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
  expect(parsed(events)[0]).toMatchObject({ message: { content: [], stop_reason: null, usage: { input_tokens: 3, output_tokens: 0 } } });
  expect(parsed(events)[5]).toMatchObject({ delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 2 } });
});

test('a message has every key that typed clients know, as null where nothing is served', async () => {
  const reply = await jsonOf(await frame('messages', generation()));
  expect(reply).toMatchObject({ container: null, diagnostics: null, stop_details: null });
  expect(reply['usage']).toEqual({
    input_tokens: 3,
    output_tokens: 2,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    cache_creation: null,
    inference_geo: null,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
  });
  const end = parsed(await streamed('messages', generation())).find((event) => event['type'] === 'message_delta');
  expect(end).toMatchObject({
    delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null },
    usage: { output_tokens_details: null, server_tool_use: null },
  });
});

test.each(textMethods)('%s lets an error before the first event keep its status', async (method) => {
  const early = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new RangeError('early')) }) };
  await expect(frame(method, early, { stream: true })).rejects.toThrow('early');
});

test.each(['chatCompletions', 'completions', 'messages'] as const)('%s passes a late error on, without a terminator', async (method) => {
  await expect(frame(method, failing(), { stream: true }).then(textOf)).rejects.toThrow('a secret');
});

test.each(textMethods)('%s stops the model when the reader stops, before or after a frame', async (method) => {
  for (const reads of [0, 1, 2]) {
    let stopped = false;
    const model = async function* () {
      try {
        yield* generation();
      } finally {
        stopped = true;
      }
    };
    const framed = await frame(method, model(), { stream: true });
    if (framed.kind !== 'stream') throw new Error('expected a stream');
    for (let read = 0; read < reads; read++) await framed.frames.next();
    expect(stopped).toBe(false);
    await framed.frames.return(undefined);
    expect(stopped).toBe(true);
  }
});

test.each(textMethods)('%s refuses a generation without an end', async (method) => {
  const unended = function* () {
    yield { type: 'text', text: 'a' };
  };
  await expect(frame(method, unended())).rejects.toMatchObject({ code: 'invalid_result', status: 500 });
  await expect(frame(method, unended(), { stream: true }).then(textOf)).rejects.toThrow();
});

test.each([
  ['chatCompletions', undefined, true],
  ['responses', 'response.mine', true],
  ['messages', 'message_mine', false],
] as const)('%s sends finished objects and chunks as they are', async (method, event, done) => {
  const chunk = { object: 'mine', type: event, choices: [] };
  expect(await jsonOf(await frame(method, chunk))).toEqual(chunk);
  const events = await streamed(method, [chunk].values());
  expect(events).toEqual([{ event, data: JSON.stringify(chunk) }, ...(done ? [{ event: undefined, data: '[DONE]' }] : [])]);
});

test('usage for the log comes with the reply and at the end of the stream', async () => {
  for (const method of textMethods satisfies readonly MethodName[]) {
    expect(await frame(method, generation())).toMatchObject({ usage: { promptTokens: 3, completionTokens: 2 } });
    const framed = await frame(method, generation(), { stream: true });
    if (framed.kind !== 'stream') throw new Error('expected a stream');
    let step = await framed.frames.next();
    while (step.done !== true) step = await framed.frames.next();
    expect(step.value).toEqual({ promptTokens: 3, completionTokens: 2 });
  }
});

test('cached tokens are told where the model tells of a cache, and nowhere else', async () => {
  const told = function* () {
    yield { type: 'text', text: 'a' };
    yield { type: 'finish', reason: 'stop' };
    yield { type: 'usage', promptTokens: 3, completionTokens: 1, cachedTokens: 2 };
  };
  for (const method of ['chatCompletions', 'completions'] as const) {
    expect(await jsonOf(await frame(method, told()))).toMatchObject({ usage: { prompt_tokens_details: { cached_tokens: 2 } } });
    expect((await jsonOf(await frame(method, generation())))['usage']).toHaveProperty('prompt_tokens_details', {});
    const events = await streamed(method, told(), { stream_options: { include_usage: true } });
    expect(parsed(events).at(-1)).toMatchObject({ usage: { prompt_tokens_details: { cached_tokens: 2 } } });
  }
  expect(await jsonOf(await frame('responses', told()))).toMatchObject({ usage: { input_tokens_details: { cached_tokens: 2 } } });
  // Its form has a number in any case.
  expect(await jsonOf(await frame('responses', generation()))).toMatchObject({ usage: { input_tokens_details: { cached_tokens: 0 } } });
  // What is read from a cache is no part of input_tokens there, and the prompt is told as a whole.
  expect(await jsonOf(await frame('messages', told()))).toMatchObject({ usage: { input_tokens: 3, cache_read_input_tokens: null } });
});
