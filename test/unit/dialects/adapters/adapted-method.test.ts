// What a chat returns, as events that another route can frame.

import { expect, test } from 'vitest';
import type { CheckedBody } from '../../../../src/contract/dialect.ts';
import { HttpError, InferenceError } from '../../../../src/core/errors.ts';
import { adaptedCount, adaptedMethod } from '../../../../src/dialects/adapters/adapted-method.ts';
import type { AdapterName } from '../../../../src/dialects/adapters/own-names.ts';
import { generation } from '../framing.ts';

const body: CheckedBody = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 };

async function eventsOf(result: unknown): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  const answer = await adaptedMethod('messages', () => result)(body, undefined);
  for await (const event of answer as AsyncIterable<unknown>) events.push(event); // the one form it has
  return events;
}

const finish = { type: 'finish', reason: 'stop' };
const usage = { type: 'usage', promptTokens: 2, completionTokens: 1 };
const wireUsage = { prompt_tokens: 2, completion_tokens: 1 };
const noUsage = { type: 'usage', promptTokens: 0, completionTokens: 0 };

test('neutral events pass as they are', async () => {
  expect(await eventsOf(generation('length'))).toEqual([...generation('length')]);
});

test('a finished chat tells the tokens of its prompt first', async () => {
  const chat = { choices: [{ index: 0, message: { content: 'hi' }, finish_reason: 'stop' }], usage: wireUsage };
  expect(await eventsOf(chat)).toEqual([{ ...usage, completionTokens: 0 }, { type: 'text', text: 'hi' }, finish, usage]);
});

test('cached tokens of a finished chat are kept', async () => {
  const told = { ...wireUsage, prompt_tokens_details: { cached_tokens: 1 } };
  expect(await eventsOf({ choices: [], usage: told })).toEqual([{ ...usage, cachedTokens: 1 }]);
});

test('calls of a finished chat come whole, and without an id get one', async () => {
  const tool_calls = [{ id: 'c1', function: { name: 'a', arguments: '{}' } }, { function: { name: 'b', arguments: '{"x":1}' } }];
  expect(await eventsOf({ choices: [{ message: { content: null, tool_calls }, finish_reason: 'tool_calls' }] })).toEqual([
    { type: 'toolCall', call: 0, id: 'c1', name: 'a', arguments: '{}' },
    { type: 'toolCall', call: 1, id: expect.stringMatching(/^call_/), name: 'b', arguments: '{"x":1}' },
    { type: 'finish', reason: 'toolCalls' },
    noUsage,
  ]);
});

test('chunks become pieces, of which only the first of a call has its name', async () => {
  const call = (piece: object) => ({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...piece }] }, finish_reason: null }] });
  const chunks = [
    { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
    { choices: [{ index: 0, delta: { content: 'a' } }] },
    { choices: [{ index: 1, delta: { content: 'b' } }] },
    call({ id: 'c1', function: { name: 'f', arguments: '' } }),
    call({ id: 'c1', function: { name: 'f', arguments: '{}' } }),
    { choices: [{ index: 0, delta: {}, finish_reason: 'length' }] },
    { choices: [], usage: wireUsage },
  ];
  expect(await eventsOf(chunks.values())).toEqual([
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b', choice: 1 },
    { type: 'toolCall', call: 0, id: 'c1', name: 'f', arguments: '' },
    { type: 'toolCall', call: 0, arguments: '{}' },
    { type: 'finish', reason: 'length' },
    usage,
  ]);
});

test('log probabilities keep their tokens and say where each begins', async () => {
  const chunk = (token: string) => ({
    choices: [
      {
        delta: { content: token },
        logprobs: { content: [{ token, logprob: -1, bytes: null, top_logprobs: [{ token, logprob: -1, bytes: [97] }] }] },
      },
    ],
  });
  const [first, second] = await eventsOf([chunk('a'), chunk('é')].values());
  expect(first).toMatchObject({ logprobs: [{ token: 'a', logprob: -1, bytes: [97], offset: 0, top: [{ token: 'a', bytes: [97] }] }] });
  expect(second).toMatchObject({ logprobs: [{ token: 'é', bytes: [195, 169], offset: 1 }] });
});

test.each([
  ['a string', 'hi'],
  ['a web Response', new Response('hi')],
  ['bytes', new Uint8Array(1)],
  ['an object', {}],
  ['text pieces', ['a'].values()],
])('%s is no chat and is refused by name', async (_, result) => {
  await expect(eventsOf(result)).rejects.toMatchObject({ code: 'invalid_result', message: expect.stringContaining('messages') });
});

test.each<[AdapterName, string, string]>([
  ['messages', 'messages[2].content', 'messages'],
  ['messages', 'max_completion_tokens', 'max_tokens'],
  ['messages', 'tools[1].function.parameters.type', 'tools[1].input_schema.type'],
  ['messages', 'response_format.json_schema.schema', 'output_config.format.schema'],
  ['responses', 'messages', 'input'],
  ['responses', 'tools[0].function.name', 'tools[0].name'],
  ['responses', 'tool_choice.allowed_tools.tools[1].function.name', 'tool_choice.tools[1].name'],
  ['messages', 'tool_choice.function.name', 'tool_choice.name'],
  ['responses', 'response_format', 'text.format'],
  ['responses', 'temperature', 'temperature'],
  ['completions', 'messages', 'prompt'],
  ['completions', 'top_logprobs', 'logprobs'],
])('an error of %s at %s names %s', async (name, param, own) => {
  const bodies = { messages: body, responses: { input: 'hi' }, completions: { prompt: 'hi' } };
  const error = new InferenceError('invalid_value', `expected ${param} to be good, got evil`, { param });
  const failing = () => {
    throw error;
  };
  const expected = { status: 400, code: 'invalid_value', param: own, message: `expected ${own} to be good, got evil` };
  await expect(adaptedMethod(name, failing)(bodies[name], undefined)).rejects.toMatchObject(expected);
  await expect(adaptedCount(name, failing)(bodies[name], undefined)).rejects.toMatchObject(expected);
});

test('an error of a stream names the own field too, and a status that a class chose stays', async () => {
  function* late() {
    yield { type: 'text', text: 'a' };
    throw new HttpError(422, 'no', { code: 'mine', param: 'stop' });
  }
  await expect(eventsOf(late())).rejects.toMatchObject({ status: 422, code: 'mine', param: 'stop_sequences' });
});

test('a reader that leaves stops the chat', async () => {
  let stopped = false;
  function* endless() {
    try {
      for (;;) yield { type: 'text', text: 'a' };
    } finally {
      stopped = true;
    }
  }
  const answer = (await adaptedMethod('messages', endless)(body, undefined)) as AsyncGenerator<unknown>; // the one form it has
  await answer.next();
  await answer.return(undefined);
  expect(stopped).toBe(true);
});

const ofChat = {
  type: 'object',
  required: ['messages'],
  properties: {
    max_completion_tokens: { type: 'integer', maximum: 100 },
    messages: { type: 'array', items: { type: 'object', properties: { role: { enum: ['system', 'user'] } } } },
    stop: { type: 'array', maxItems: 1 },
  },
};
const silentChat = { choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] };

test.each<[AdapterName, object, string, string]>([
  ['messages', { ...body, max_tokens: 101 }, 'max_tokens', 'expected max_tokens to be <= 100, got 101'],
  ['messages', { ...body, stop_sequences: ['a', 'b'] }, 'stop_sequences', 'expected stop_sequences to be at most 1 item long, got 2 items'],
  ['responses', { input: 'hi', max_output_tokens: 101 }, 'max_output_tokens', 'expected max_output_tokens to be <= 100, got 101'],
  [
    'responses',
    { input: [{ role: 'assistant', content: 'hi' }] },
    'input',
    'expected messages[0].role to be one of ["system","user"], got string, in the chat that input becomes',
  ],
  ['completions', { prompt: 'hi', max_tokens: 101 }, 'max_tokens', 'expected max_tokens to be <= 100, got 101'],
])('%s: a body whose chat does not fit the schema of the class is refused: %j', async (name, given, param, message) => {
  const never = () => expect.fail('expected no call');
  const refused = adaptedMethod(name, never, ofChat)(given as CheckedBody, undefined); // any object
  await expect(refused).rejects.toMatchObject({ status: 400, param, message });
});

test('a field that the class asks for and the route does not have is named as the chat has it', async () => {
  const method = adaptedMethod('completions', () => silentChat, { required: ['user'] });
  await expect(method({ prompt: 'hi', user: 'me' }, undefined)).rejects.toMatchObject({
    code: 'missing_required_parameter',
    param: 'user',
  });
});

test('a body whose chat fits is answered', async () => {
  const answer = await adaptedMethod('messages', () => silentChat, ofChat)(body, undefined);
  for await (const event of answer as AsyncIterable<unknown>) expect(event).toBeDefined(); // the one form it has
});
