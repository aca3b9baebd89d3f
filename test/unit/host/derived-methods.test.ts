// Routes that a class opens without a method of their own: by adapters, and by counting.

import { expect, test } from 'vitest';
import { inspectModel } from '../../../workers/host/inspect-model.ts';

const chats = (adapters: unknown, more: object = {}) => {
  class Model {
    static adapters = adapters;
    chatCompletions = (body: unknown) => ({ choices: [{ message: { content: JSON.stringify(body) }, finish_reason: 'stop' }] });
  }
  return Object.assign(new Model(), more);
};
const methodsOf = (instance: object) => inspectModel(instance).description.methods;

test('adapters open the routes they name', () => {
  expect(methodsOf(chats(['messages', 'completions']))).toEqual(['chatCompletions', 'messages', 'completions']);
  expect(methodsOf(chats([]))).toEqual(['chatCompletions']);
  expect(methodsOf(chats(undefined))).toEqual(['chatCompletions']);
});

test('an adapter calls the chat with a chat', async () => {
  const events: unknown[] = [];
  const method = inspectModel(chats(['responses'])).methods.get('responses');
  const answer = (await method?.({ input: 'hi' })) as AsyncIterable<unknown>; // the one form it has
  for await (const event of answer) events.push(event);
  expect(events[0]).toEqual({ type: 'text', text: '{"messages":[{"role":"user","content":"hi"}]}' });
});

test('an adapter holds the chat it makes to the schema that the class has for chats, and a count does not', async () => {
  class Brief {
    static adapters = ['completions', 'messages'];
    static schemas = { chat_completions: { input: { properties: { max_completion_tokens: { maximum: 5 } } } } };
    chatCompletions = () => expect.fail('expected no call');
    countTokens = () => 3;
  }
  const { methods } = inspectModel(new Brief());
  await expect(methods.get('completions')?.({ prompt: 'hi' })).rejects.toMatchObject({ code: 'invalid_value', param: 'max_tokens' });
  expect(await methods.get('countTokens')?.({ max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] })).toBe(3);
});

class NoChat {
  static adapters = ['messages'];
  predict() {}
}
const broken: Readonly<Record<string, object>> = {
  'expected static adapters to be a list, found string': chats('messages'),
  'expected static adapters to list only messages, responses, completions, found "message"': chats(['message']),
  'expected static adapters to list only messages, responses, completions, found number': chats([5]),
  'expected messages either as a method or once in static adapters, found it twice': chats(['messages'], { messages: () => 1 }),
  'expected responses either as a method or once in static adapters, found it twice': chats(['responses', 'responses']),
  'expected static adapters on a class with chatCompletions, found none': new NoChat(),
};
for (const [message, instance] of Object.entries(broken)) {
  test(`adapters are refused: ${message}`, () => {
    expect(() => inspectModel(instance)).toThrow(expect.objectContaining({ code: 'invalid_model', message }));
  });
}

test('countTokens opens a route beside each whose bodies it counts, adapted or not', () => {
  const countTokens = () => 3;
  expect(methodsOf(chats(['messages'], { countTokens }))).toEqual(['chatCompletions', 'messages', 'countTokens']);
  expect(methodsOf({ responses: () => 1, count_tokens: countTokens })).toEqual(['responses', 'inputTokens']);
  expect(methodsOf(chats([], { countTokens }))).toEqual(['chatCompletions']);
  expect(methodsOf({ messages: () => 1 })).toEqual(['messages']);
});

test('what is counted is the conversation as a chat', async () => {
  const counted: unknown[] = [];
  const countTokens = (body: unknown) => counted.push(body);
  const { methods } = inspectModel(chats(['messages', 'responses'], { countTokens }));
  expect(await methods.get('countTokens')?.({ messages: [{ role: 'user', content: 'hi' }] })).toBe(1);
  expect(await methods.get('inputTokens')?.({ input: 'hi' })).toBe(2);
  const chat = { messages: [{ role: 'user', content: 'hi' }] };
  expect(counted).toEqual([chat, chat]);
});

test('a class that only counts has no method', () => {
  expect(() => inspectModel({ countTokens: () => 1 })).toThrow(expect.objectContaining({ code: 'invalid_model' }));
});
