import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../../src/contract/generation.ts';
import { foldChat } from '../../../support/fold-chunks.ts';
import { chunksOf, generated, token, wholeReply } from './replies.ts';

const route = 'chatCompletions';
const messages = [{ role: 'user', content: 'hi' }];
const look = { name: 'look', parameters: { type: 'object' } };
const tools = [{ type: 'function', function: look }];

const oneCall = generated(
  { type: 'toolCall', call: 0, id: 'call_a', name: 'look', arguments: '{"a"' },
  { type: 'toolCall', call: 0, arguments: ':1}' },
  { type: 'finish', reason: 'toolCalls' },
);

const cases: readonly (readonly [name: string, body: object, events: readonly GenerationEvent[]])[] = [
  ['one text', {}, generated({ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, { type: 'finish', reason: 'stop' })],
  ['no text', {}, generated({ type: 'finish', reason: 'length' })],
  [
    'interleaved choices',
    { n: 2 },
    generated(
      { type: 'text', text: 'c', choice: 1 },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'd', choice: 1 },
      { type: 'finish', reason: 'length', choice: 1 },
      { type: 'text', text: 'b' },
      { type: 'finish', reason: 'stop', choice: 0 },
    ),
  ],
  ['log probabilities of no token', { logprobs: true }, generated({ type: 'finish', reason: 'stop' })],
  [
    'log probabilities, of held back text too',
    { logprobs: true, top_logprobs: 2 },
    generated(
      { type: 'text', text: '', logprobs: [token('a', 0)] },
      { type: 'text', text: 'ab', logprobs: [token('b', 1)] },
      { type: 'finish', reason: 'stop' },
    ),
  ],
  ['a call in pieces', { tools }, oneCall],
  [
    'text and two calls',
    { tools },
    generated(
      { type: 'text', text: 'let me see' },
      { type: 'toolCall', call: 0, id: 'call_a', name: 'look', arguments: '{}' },
      { type: 'toolCall', call: 1, id: 'call_b', name: 'look', arguments: '' },
      { type: 'toolCall', call: 1, arguments: '{"b":2}' },
      { type: 'finish', reason: 'toolCalls' },
    ),
  ],
  ['a call of a legacy function', { functions: [look] }, oneCall],
];

test.each(cases)('a stream folds to the whole reply: %s', async (_, body, events) => {
  const whole = await wholeReply(route, { messages, ...body }, events);
  expect(foldChat(await chunksOf(route, { messages, ...body }, events))).toEqual(whole['choices']);
});

test('every choice has its own role, text and finish, and the prompt is counted once', async () => {
  const [, body, events] = cases[2] ?? [];
  expect(await wholeReply(route, { messages, ...body }, events ?? [])).toMatchObject({
    choices: [
      { index: 0, message: { content: 'ab' }, finish_reason: 'stop' },
      { index: 1, message: { content: 'cd' }, finish_reason: 'length' },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
  });
});

test('log probabilities have bytes and alternatives, and infinity is a number', async () => {
  const [, body, events] = cases.find(([name]) => name === 'log probabilities, of held back text too') ?? [];
  const reply = await wholeReply(route, { messages, ...body }, events ?? []);
  const alternatives = (text: string) => [
    { token: text, logprob: -0.5, bytes: [...Buffer.from(text)] },
    { token: 'zz', logprob: -9999, bytes: [122, 122] },
  ];
  const content = ['a', 'b'].map((text) => ({ ...alternatives(text)[0], top_logprobs: alternatives(text) }));
  expect(reply).toMatchObject({ choices: [{ logprobs: { content, refusal: null } }] });
});

test('log probabilities that nobody asked for are not told', async () => {
  const events = generated({ type: 'text', text: '', logprobs: [token('a', 0)] }, { type: 'finish', reason: 'stop' });
  expect(await wholeReply(route, { messages }, events)).toMatchObject({ choices: [{ logprobs: null }] });
  expect(await chunksOf(route, { messages }, events)).toHaveLength(2);
});

test('a whole reply of calls alone has no content', async () => {
  expect(await wholeReply(route, { messages, tools }, oneCall)).toMatchObject({
    choices: [
      {
        message: {
          content: null,
          tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
  });
});

test('a streamed call begins with its name and no arguments; later pieces have only its index', async () => {
  const deltas = (await chunksOf(route, { messages, tools }, oneCall)).map((chunk) => (chunk['choices'] as { delta: object }[])[0]?.delta);
  expect(deltas).toEqual([
    { role: 'assistant', content: '' },
    { tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'look', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] },
    { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
    {},
  ]);
});

test('a request with functions gets its call in their form', async () => {
  expect(await wholeReply(route, { messages, functions: [look] }, oneCall)).toMatchObject({
    choices: [{ message: { content: null, function_call: { name: 'look', arguments: '{"a":1}' } }, finish_reason: 'function_call' }],
  });
});

test('a second call is refused where functions allow one', async () => {
  const two = generated(
    { type: 'toolCall', call: 0, id: 'a', name: 'look', arguments: '{}' },
    { type: 'toolCall', call: 1, id: 'b', name: 'look', arguments: '{}' },
    { type: 'finish', reason: 'toolCalls' },
  );
  const body = { messages, functions: [look] };
  await expect(wholeReply(route, body, two)).rejects.toMatchObject({ code: 'invalid_result' });
  await expect(chunksOf(route, body, two)).rejects.toMatchObject({ code: 'invalid_result' });
});
