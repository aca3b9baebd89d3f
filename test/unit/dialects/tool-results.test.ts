// A result of a tool belongs to the call that it names, on every route with tools: one without a call is refused at its id.

import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { refusal } from './framing.ts';

type Turns = readonly object[];

const user = { role: 'user', content: 'hi' };
const said = { role: 'assistant', content: 'sunny' };

const chatCalls = (...ids: readonly string[]) => ({
  role: 'assistant',
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } })),
});
const chatResult = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'x' });

const blockCalls = (...ids: readonly string[]) => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool_use', id, name: 'look', input: {} })),
});
const blockResults = (...ids: readonly string[]) => ({
  role: 'user',
  content: ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'x' })),
});

const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'look', arguments: '{}' });
const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'x' });

const bodies = {
  chatCompletions: (messages: Turns) => ({ messages }),
  messages: (messages: Turns) => ({ max_tokens: 1, messages }),
  countTokens: (messages: Turns) => ({ messages }),
  responses: (input: Turns) => ({ input }),
  inputTokens: (input: Turns) => ({ input }),
};
type Route = keyof typeof bodies;
const refused = (route: Route, turns: Turns, more = {}) =>
  refusal(() => dialectFor(route satisfies MethodName).check({ ...bodies[route](turns), ...more }));

test.each<readonly [Route, string, Turns]>([
  ['chatCompletions', 'results in another order than their calls', [chatCalls('a', 'b'), chatResult('b'), chatResult('a')]],
  ['chatCompletions', 'a result after later turns', [chatCalls('a'), said, user, chatResult('a')]],
  ['chatCompletions', 'an id that comes again with its call', [chatCalls('a'), chatResult('a'), chatCalls('a'), chatResult('a')]],
  ['chatCompletions', 'a call without a result', [chatCalls('a', 'b'), chatResult('a'), user]],
  ['messages', 'results in another order than their calls', [blockCalls('a', 'b'), blockResults('b', 'a')]],
  ['messages', 'results in several messages of one turn', [blockCalls('a', 'b'), blockResults('a'), user, blockResults('b')]],
  ['messages', 'calls in several messages of one turn', [blockCalls('a'), blockCalls('b'), blockResults('a', 'b')]],
  ['messages', 'a result after instructions', [blockCalls('a'), { role: 'system', content: 'be brief' }, blockResults('a')]],
  ['messages', 'an id that comes again with its call', [blockCalls('a'), blockResults('a'), blockCalls('a'), blockResults('a')]],
  ['countTokens', 'a result', [blockCalls('a'), blockResults('a')]],
  ['responses', 'a result after later items', [call('a'), user, output('a')]],
  ['responses', 'a second result', [call('a'), output('a'), output('a')]],
  ['inputTokens', 'a result', [call('a'), output('a')]],
])('%s: the check lets %s pass', (route, _, turns) => {
  expect(refused(route, turns)).toBeUndefined();
});

test.each<readonly [Route, string, Turns, string]>([
  ['chatCompletions', 'a result of an unknown call', [user, chatCalls('a'), chatResult('b')], 'messages[2].tool_call_id'],
  ['chatCompletions', 'a result before its call', [chatResult('a'), chatCalls('a'), user], 'messages[0].tool_call_id'],
  ['chatCompletions', 'a result where nothing was called', [user, chatResult('a')], 'messages[1].tool_call_id'],
  [
    'chatCompletions',
    'a result of what a user called',
    [{ ...user, ...chatCalls('a'), role: 'user' }, chatResult('a')],
    'messages[1].tool_call_id',
  ],
  ['chatCompletions', 'a second result', [chatCalls('a', 'b'), chatResult('a'), chatResult('a')], 'messages[2].tool_call_id'],
  ['messages', 'a result of an unknown call', [blockCalls('a'), blockResults('a', 'b')], 'messages[1].content[1].tool_use_id'],
  ['messages', 'a result before its call', [blockResults('a'), blockCalls('a'), user], 'messages[0].content[0].tool_use_id'],
  ['messages', 'a result of an earlier turn', [blockCalls('a'), user, said, blockResults('a')], 'messages[3].content[0].tool_use_id'],
  ['messages', 'a second result', [blockCalls('a'), blockResults('a', 'a')], 'messages[1].content[1].tool_use_id'],
  ['countTokens', 'a result of an unknown call', [blockCalls('a'), blockResults('b')], 'messages[1].content[0].tool_use_id'],
  ['responses', 'a result of an unknown call', [user, call('a'), output('a'), output('b')], 'input[3].call_id'],
  ['responses', 'a result before its call', [output('a'), call('a'), user], 'input[0].call_id'],
  ['inputTokens', 'a result of an unknown call', [call('a'), output('b')], 'input[1].call_id'],
])('%s: the check refuses %s at its id', (route, _, turns, param) => {
  const error = refused(route, turns);
  expect(error).toMatchObject({ status: 400, code: 'invalid_value', param });
  expect(error).toHaveProperty('message', expect.stringContaining(`expected ${param} to name `));
});

test('what a response goes on from may have the call', () => {
  expect(refused('responses', [output('a')], { previous_response_id: 'resp_1' })).toBeUndefined();
  expect(refused('responses', [{ type: 'item_reference', id: 'fc_1' }, output('a')])).toBeUndefined();
  expect(refused('responses', [output('a')], { previous_response_id: null })).toMatchObject({ param: 'input[0].call_id' });
});

test('a refusal tells the ids that could be named, as far as they are few, and the one that came', () => {
  const told = (route: Route, turns: Turns) => (refused(route, turns) as Error).message.replace(/^expected \S+ to name /, '');
  expect(told('chatCompletions', [chatResult('x')])).toBe('an earlier call without a result (there is none), got "x"');
  expect(told('chatCompletions', [chatCalls('a', 'b'), chatResult('a'), chatResult('a')])).toBe(
    'an earlier call without a result ("b"), got "a", which has one',
  );
  expect(told('messages', [blockCalls('a', 'b'), blockResults('x')])).toBe(
    'a call without a result in the turn before it ("a" or "b"), got "x"',
  );
  expect(told('responses', [call('a'), output('a'), output('x')])).toBe('an earlier call ("a"), got "x"');
  expect(told('responses', [...[...'abcde'].map(call), output('x')])).toBe('an earlier call (one of 5), got "x"');
});

test('ids in a refusal are short and printable', () => {
  const { message } = refused('chatCompletions', [chatCalls('\u202e"\n'), chatResult('x'.repeat(5_000))]) as Error;
  expect(message).toContain(String.raw`("\u202e\"\n"), got "${'x'.repeat(64)}…"`);
});
