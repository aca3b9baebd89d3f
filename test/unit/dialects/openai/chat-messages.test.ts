import { expect, test } from 'vitest';
import { chatMessages } from '../../../../src/dialects/openai/chat-messages.ts';
import { checkChat, type ChatCompletionsRequest, chatToGeneration } from '../../../../src/dialects/openai/chat-request.ts';
import { refusal } from '../framing.ts';

type Turn = ChatCompletionsRequest['messages'][number];

const user: Turn = { role: 'user', content: 'hi' };
const called = (text: string, id = 'call_a') => ({ id, type: 'function', function: { name: 'look', arguments: text } }) as const;
const answer: Turn = { role: 'tool', tool_call_id: 'call_a', content: [{ type: 'text', text: 'seen' }] };

function turnsOf(...messages: readonly Turn[]) {
  const { input } = chatToGeneration({ messages: [user, ...messages] });
  return input.kind === 'chat' ? input.messages.slice(1) : [];
}

test('calls and their results become neutral turns', () => {
  expect(turnsOf({ role: 'assistant', tool_calls: [called('{"a":1}')] }, answer)).toEqual([
    { role: 'assistant', content: '', toolCalls: [{ id: 'call_a', name: 'look', arguments: '{"a":1}' }] },
    { role: 'tool', content: 'seen', toolCallId: 'call_a' },
  ]);
});

test('empty arguments stand for an empty object', () => {
  expect(turnsOf({ role: 'assistant', tool_calls: [called('')] }, answer)[0]?.toolCalls?.[0]?.arguments).toBe('{}');
});

test('a legacy function answers the latest call of its name', () => {
  const call: Turn = { role: 'assistant', function_call: { name: 'look', arguments: '{}' } };
  const turns = turnsOf(call, { role: 'function', name: 'look', content: 'a' }, call, { role: 'function', name: 'look', content: 'b' });
  const ids = turns.map((turn) => turn.toolCalls?.[0]?.id ?? turn.toolCallId);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).toBe(ids[3]);
  expect(ids[0]).not.toBe(ids[2]);
});

test('a long list of legacy functions is read once, wherever their call is', () => {
  const count = 5_000;
  const functions = Array.from({ length: count }, (): Turn => ({ role: 'function', name: 'look', content: 'a' }));
  const call: Turn = { role: 'assistant', function_call: { name: 'look', arguments: '{}' } };
  let looks = 0;
  const watched = new Proxy([call, ...functions], {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d/.test(key)) looks += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  expect(chatMessages(watched)).toHaveLength(count + 1);
  expect(looks).toBeLessThan(3 * count);
});

test('an assistant that refused says so in place of its content, and its reasoning is dropped', () => {
  const turns = turnsOf({ role: 'assistant', refusal: 'no', reasoning_content: 'why', reasoning: 'why' }, user);
  expect(turns[0]).toEqual({ role: 'assistant', content: 'no' });
});

test.each<readonly [string, readonly Turn[], string]>([
  ['an assistant without content or calls', [{ role: 'assistant' }], 'messages[1].content'],
  ['a user without content', [{ role: 'user' }], 'messages[1].content'],
  ['a user with calls and no content', [{ role: 'user', tool_calls: [called('{}')] }], 'messages[1].content'],
  [
    'arguments that are no object',
    [{ role: 'assistant', tool_calls: [called('[1]')] }, answer],
    'messages[1].tool_calls[0].function.arguments',
  ],
  [
    'arguments that are no JSON',
    [{ role: 'assistant', tool_calls: [called('{a')] }, answer],
    'messages[1].tool_calls[0].function.arguments',
  ],
  ['a result without its call', [{ role: 'tool', content: 'a' }], 'messages[1].tool_call_id'],
  ['a function without its name', [{ role: 'function', content: 'a' }], 'messages[1].name'],
  ['a function that nobody called', [{ role: 'function', name: 'look', content: 'a' }], 'messages[1].name'],
  [
    'a function that a user called',
    [
      { role: 'user', content: 'a', function_call: { name: 'look', arguments: '' } },
      { role: 'function', name: 'look', content: 'a' },
    ],
    'messages[2].name',
  ],
  ['calls that nobody answers', [{ role: 'assistant', tool_calls: [called('{}')] }], 'messages[1]'],
  ['an image', [{ role: 'user', content: [{ type: 'image_url' }] }], 'messages[1].content[0].type'],
])('%s is refused', (_, messages, param) => {
  expect(refusal(() => turnsOf(...messages))).toMatchObject({ status: 400, param });
});

test.each([
  [{ role: 'robot', content: 'a' }, 'messages[0].role'],
  [{ role: 'user', content: 4 }, 'messages[0].content'],
  [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', function: {} }] }, 'messages[0].tool_calls[0].type'],
  [
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'a', arguments: {} } }] },
    'messages[0].tool_calls[0].function.arguments',
  ],
])('the form of %j is refused at its path', (message, param) => {
  expect(refusal(() => checkChat({ messages: [message] }))).toMatchObject({ status: 400, param });
});
