// What is wrong with the tools of a request is told by the check of its route, as on chat, in the names of that route.

import { expect, test } from 'vitest';
import type { MethodName } from '../../../../src/contract/methods.ts';
import { messagesToChat } from '../../../../src/dialects/adapters/messages-to-chat.ts';
import { responsesToChat } from '../../../../src/dialects/adapters/responses-to-chat.ts';
import { toolsOf } from '../../../../src/dialects/openai/tools.ts';
import { dialectFor } from '../../../../src/dialects/route-dialects.ts';
import { refusal } from '../framing.ts';

const messages = [{ role: 'user', content: 'hi' }];
const bodies = {
  chatCompletions: { messages },
  responses: { input: 'hi' },
  inputTokens: { input: 'hi' },
  messages: { max_tokens: 1, messages },
  countTokens: { messages },
};
type Route = keyof typeof bodies;
const refused = (route: Route, more: object) => refusal(() => dialectFor(route satisfies MethodName).check({ ...bodies[route], ...more }));

const ofChat = { type: 'function', function: { name: 'look' } };
const ofResponses = { type: 'function', name: 'look' };
const ofMessages = { name: 'look' };
const chatTurn = { role: 'assistant', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '' } }] };
const called = { type: 'function_call', call_id: 'c1', name: 'look', arguments: '' };
const calledBlock = { type: 'tool_use', id: 'c1', name: 'look', input: {} };
const elsewhere = { type: 'web_search', name: 'search' };

test.each<readonly [Route, object, string, string]>([
  ['chatCompletions', { tools: [ofChat, { type: 'function' }] }, 'missing_required_parameter', 'tools[1].function'],
  ['responses', { tools: [ofResponses, { type: 'function' }] }, 'missing_required_parameter', 'tools[1].name'],
  ['messages', { tools: [ofMessages, {}] }, 'missing_required_parameter', 'tools[1].name'],
  [
    'chatCompletions',
    { tools: [ofChat], tool_choice: { type: 'function', function: { name: 'nope' } } },
    'invalid_value',
    'tool_choice.function.name',
  ],
  ['responses', { tools: [ofResponses], tool_choice: { type: 'function', name: 'nope' } }, 'invalid_value', 'tool_choice.name'],
  ['messages', { tools: [ofMessages], tool_choice: { type: 'tool', name: 'nope' } }, 'invalid_value', 'tool_choice.name'],
  ['messages', { tools: [ofMessages], tool_choice: { type: 'tool' } }, 'missing_required_parameter', 'tool_choice.name'],
  ['chatCompletions', { tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
  ['responses', { tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
  ['inputTokens', { tools: [], tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
  ['messages', { tools: [], tool_choice: { type: 'any' } }, 'invalid_value', 'tool_choice'],
  ['countTokens', { tool_choice: { type: 'any' } }, 'invalid_value', 'tool_choice'],
  ['responses', { tools: [ofResponses], tool_choice: { type: 'web_search' } }, 'unsupported_value', 'tool_choice'],
  [
    'responses',
    {
      tools: [ofResponses],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [ofResponses, { type: 'function', name: 'nope' }] },
    },
    'invalid_value',
    'tool_choice.tools[1].name',
  ],
  // Also beside tools of another type, which are refused or dropped later.
  ['chatCompletions', { tools: [{ type: 'web_search' }, { type: 'function' }] }, 'missing_required_parameter', 'tools[1].function'],
  ['responses', { tools: [elsewhere, { type: 'function' }] }, 'missing_required_parameter', 'tools[1].name'],
  ['messages', { tools: new Array(1_025).fill(ofMessages) }, 'invalid_value', 'tools'],
  // Calls of earlier turns.
  ['chatCompletions', { messages: [...messages, chatTurn] }, 'invalid_value', 'messages[1]'],
  ['responses', { input: [...messages, called, { type: 'reasoning', summary: [] }] }, 'invalid_value', 'input[1]'],
  ['messages', { messages: [...messages, { role: 'assistant', content: [calledBlock] }] }, 'invalid_value', 'messages[1]'],
  ['responses', { input: [{ ...called, arguments: '[]' }, ...messages] }, 'invalid_value', 'input[0].arguments'],
])('%s: the check refuses %j with %s at %s', (route, more, code, param) => {
  const error = refused(route, more);
  expect(error).toMatchObject({ status: 400, code, param });
  expect(error).toHaveProperty('message', expect.stringContaining(param));
});

test.each<readonly [Route, object]>([
  ['responses', { tools: [ofResponses], tool_choice: { type: 'function', name: 'look' } }],
  ['responses', { tools: [ofResponses], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [ofResponses] } }],
  ['messages', { tools: [ofMessages, { ...ofMessages, type: 'custom' }], tool_choice: { type: 'any', disable_parallel_tool_use: true } }],
  ['responses', { input: [called, { type: 'function_call_output', call_id: 'c1', output: 'x' }] }],
  // What the choice is left with is told once it is known whether they are dropped.
  ['responses', { tools: [elsewhere], tool_choice: 'required' }],
  ['responses', { tools: [elsewhere, ofResponses], tool_choice: { type: 'web_search' } }],
  ['messages', { tools: [elsewhere], tool_choice: { type: 'tool', name: 'search' } }],
  ['messages', { tools: [elsewhere], tool_choice: { type: 'none' } }],
  // Without a name, as some are.
  ['messages', { tools: [{ type: 'mcp_toolset', mcp_server_name: 'a' }] }],
])('%s: the check lets %j pass', (route, more) => {
  expect(refused(route, more)).toBeUndefined();
});

test('tools of other types that may not be called are left out, and a chat is asked for none', () => {
  const chats = [
    messagesToChat({ ...bodies.messages, tools: [elsewhere, ofMessages], tool_choice: { type: 'none' } }),
    responsesToChat({ ...bodies.responses, tools: [elsewhere, ofResponses], tool_choice: 'none' }),
  ];
  for (const chat of chats) expect(chat).toMatchObject({ tools: [ofChat], tool_choice: 'none' });
  expect(toolsOf({ tools: [elsewhere, ofChat], tool_choice: 'none' })).toEqual({});
});
