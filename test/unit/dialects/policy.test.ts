// Fields that a route knows and cannot honour: a 400 that names the field and what it may be, unless the value is neutral.

import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { checkPolicy } from '../../../src/dialects/policy.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { refusal } from './framing.ts';

const messages = [{ role: 'user', content: 'hi' }];
const bodies = {
  chatCompletions: { messages },
  completions: { prompt: 'a' },
  responses: { input: 'a' },
  messages: { max_tokens: 9, messages },
  embeddings: { input: 'a' },
};
type Route = keyof typeof bodies;
// In both forms: that of a chat and that of the other routes.
const tool = { type: 'function', name: 'look', function: { name: 'look' } };
const textRoutes = ['chatCompletions', 'completions', 'responses', 'messages'] as const;

function checked(method: MethodName, body: object) {
  const kept = dialectFor(method).check(body);
  checkPolicy(method, kept, {});
  return kept;
}
const refused = (route: Route, more: object) => refusal(() => checked(route, { ...bodies[route], ...more }));

const everywhere = [
  [{ n: 2 }, 'unsupported_value'],
  [{ logit_bias: { 1: 5 } }, 'unsupported_parameter'],
  [{ response_format: { type: 'json_object' } }, 'unsupported_value'],
  [{ modalities: ['audio'] }, 'unsupported_value'],
  [{ tools: [tool] }, 'unsupported_parameter'],
  [{ ignore_eos: true }, 'unsupported_value'],
  [{ min_tokens: 3 }, 'unsupported_value'],
  [{ mirostat: 2 }, 'unsupported_value'],
  [{ typical_p: 0.9 }, 'unsupported_value'],
  [{ guided_json: {} }, 'unsupported_parameter'],
  [{ guided_regex: 'a' }, 'unsupported_parameter'],
  [{ guided_grammar: 'a' }, 'unsupported_parameter'],
  [{ guided_choice: ['a'] }, 'unsupported_parameter'],
  [{ grammar: 'root ::= "a"' }, 'unsupported_parameter'],
  [{ chat_template_kwargs: { enable_thinking: false } }, 'unsupported_parameter'],
] as const;

test.each(textRoutes)('%s refuses what no text route serves, by name', (route) => {
  for (const [more, code] of everywhere) {
    expect(refused(route, more), JSON.stringify(more)).toMatchObject({ code, param: Object.keys(more)[0], status: 400 });
  }
});

test.each(textRoutes)('%s takes the neutral values of what no text route serves', (route) => {
  const neutral = {
    n: 1,
    logprobs: false,
    top_logprobs: 0,
    logit_bias: {},
    response_format: { type: 'text' },
    modalities: ['text'],
    tools: [],
    ignore_eos: false,
    min_tokens: 0,
    mirostat: 0,
    typical_p: 1,
    guided_json: null,
    guided_choice: [],
    grammar: '',
    chat_template_kwargs: {},
    vendor_extra: { a: 1 },
  };
  expect(refused(route, neutral)).toBeUndefined();
});

test.each([
  ['chatCompletions', { logprobs: true, top_logprobs: 2 }, 'logprobs'],
  ['completions', { logprobs: 2 }, 'logprobs'],
  ['completions', { top_logprobs: 2 }, 'top_logprobs'],
  ['responses', { logprobs: true }, 'logprobs'],
  ['responses', { top_logprobs: 2 }, 'top_logprobs'],
  ['messages', { logprobs: true }, 'logprobs'],
  ['messages', { top_logprobs: 2 }, 'top_logprobs'],
  ['chatCompletions', { echo: true }, 'echo'],
  ['chatCompletions', { best_of: 2 }, 'best_of'],
  ['chatCompletions', { suffix: 'a' }, 'suffix'],
  ['completions', { functions: [{}] }, 'functions'],
  ...(['responses', 'messages'] as const).flatMap((route) => [
    [route, { functions: [{}] }, 'functions'] as const,
    [route, { function_call: { name: 'a' } }, 'function_call'] as const,
    [route, { echo: true }, 'echo'] as const,
    [route, { best_of: 2 }, 'best_of'] as const,
    [route, { suffix: 'a' }, 'suffix'] as const,
  ]),
  ['responses', { stop: ['a'] }, 'stop'],
  ['responses', { max_tokens: 5 }, 'max_tokens'],
  ['responses', { max_completion_tokens: 5 }, 'max_completion_tokens'],
  ...(['chatCompletions', 'completions', 'responses'] as const).flatMap((route) => [
    [route, { stop_sequences: ['a'] }, 'stop_sequences'] as const,
    [route, { system: 'a' }, 'system'] as const,
  ]),
  ['chatCompletions', { instructions: 'a' }, 'instructions'],
  ['completions', { instructions: 'a' }, 'instructions'],
  ['messages', { instructions: 'a' }, 'instructions'],
  ['chatCompletions', { max_output_tokens: 5 }, 'max_output_tokens'],
  ...(['completions', 'messages'] as const).flatMap((route) => [
    [route, { max_output_tokens: 5 }, 'max_output_tokens'] as const,
    [route, { max_completion_tokens: 5 }, 'max_completion_tokens'] as const,
  ]),
  ['messages', { output_format: { type: 'json_schema' } }, 'output_format'],
  ['messages', { output_config: { type: 'json_schema', schema: {} } }, 'output_config.type'],
  ['messages', { output_config: { schema: {} } }, 'output_config.schema'],
  ['messages', { text: { format: { type: 'json_object' } } }, 'text.format'],
  ['responses', { output_config: { format: { type: 'json_schema' } } }, 'output_config.format'],
  ...(['chatCompletions', 'completions'] as const).flatMap((route) => [
    [route, { output_config: { format: { type: 'json_schema' } } }, 'output_config.format'] as const,
    [route, { text: { format: { type: 'json_object' } } }, 'text.format'] as const,
  ]),
  ...(['chatCompletions', 'completions', 'responses', 'messages'] as const).flatMap((route) => [
    [route, { structured_outputs: { regex: 'a' } }, 'structured_outputs'] as const,
    [route, { regex: 'a' }, 'regex'] as const,
    [route, { ebnf: 'a' }, 'ebnf'] as const,
    [route, { format: 'json' }, 'format'] as const,
    [route, { json_schema: { type: 'object' } }, 'json_schema'] as const,
  ]),
  ['messages', { seed: 1 }, 'seed'],
  ['messages', { min_p: 0.1 }, 'min_p'],
  ['messages', { frequency_penalty: 1 }, 'frequency_penalty'],
  ['messages', { presence_penalty: 1 }, 'presence_penalty'],
  ['messages', { repetition_penalty: 1.1 }, 'repetition_penalty'],
  ['messages', { stop: 'a' }, 'stop'],
  ['embeddings', { truncate_prompt_tokens: 4 }, 'truncate_prompt_tokens'],
  ['embeddings', { normalize: false }, 'normalize'],
  ['embeddings', { prompt_name: 'query' }, 'prompt_name'],
] as const)('%s refuses %j', (route, more, param) => {
  expect(refused(route, more)).toMatchObject({ code: expect.stringMatching(/^unsupported_/), param });
});

test.each([
  ['chatCompletions', { echo: false, best_of: 1, suffix: '' }],
  ['responses', { stop: [], text: {} }],
  ['messages', { min_p: 0, frequency_penalty: 0, presence_penalty: 0, repetition_penalty: 1, stop: [], stream_options: {} }],
  ['messages', { thinking: { type: 'enabled', budget_tokens: 2_000 } }],
  ['embeddings', { normalize: true, input_type: 'query' }],
] as const)('%s takes %j', (route, more) => {
  expect(refused(route, more)).toBeUndefined();
});

test.each(textRoutes)('%s takes tools that may not be called, and refuses them where they may', (route) => {
  const never = route === 'messages' ? { type: 'none' } : 'none';
  const freely = route === 'messages' ? { type: 'auto' } : 'auto';
  const tools = [route === 'messages' ? { name: 'look' } : tool];
  expect(refused(route, { tools, tool_choice: never })).toBeUndefined();
  expect(refused(route, { tools: [{ type: 'web_search', name: 'web_search' }, ...tools], tool_choice: never })).toBeUndefined();
  expect(refused(route, { tools, tool_choice: freely })).toMatchObject({ code: 'unsupported_parameter', param: 'tools' });
});

test('chat takes functions that may not be called', () => {
  expect(refused('chatCompletions', { functions: [tool], function_call: 'none' })).toBeUndefined();
  // The legacy form has a choice of its own.
  expect(refused('chatCompletions', { functions: [tool], tool_choice: 'none' })).toMatchObject({ param: 'functions' });
});

test.each(['search_result', 'server_tool_use', 'container_upload', 'mcp_tool_result', 'code_execution_tool_result'])(
  'messages say of a block of %s what the model takes',
  (type) => {
    const block = { type, source: 'https://a.example', title: 'a', content: [{ type: 'text', text: 'b' }] };
    const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: {} }] };
    const result = { type: 'tool_result', tool_use_id: 'a', content: [block] };
    const taken = '"text" or "thinking" or "redacted_thinking" or "image"';
    for (const [content, param] of [
      [[block], 'messages[1].content[0].type'],
      [[result], 'messages[1].content[0].content[0].type'],
    ] as const) {
      const body = dialectFor('messages').check({
        max_tokens: 1,
        messages: [content[0] === result ? call : messages[0], { role: 'user', content }],
      });
      const tools = content[0] === result ? { tools: true } : {};
      const both = content[0] === result ? taken.replace(' or "image"', ' or "tool_use" or "tool_result" or "image"') : taken;
      const message = `expected ${param} to be ${both}, got "${type}"`;
      expect(refusal(() => checkPolicy('messages', body, { images: true, ...tools }))).toMatchObject({
        code: 'unsupported_value',
        message,
      });
    }
  },
);

test.each([
  ['chatCompletions', { grammar: 'a' }, 'guided_grammar'],
  ['chatCompletions', { output_config: { format: {} } }, 'response_format'],
  ['chatCompletions', { structured_outputs: { regex: 'a' } }, 'response_format and guided_json'],
  ['responses', { response_format: { type: 'json_object' } }, 'text.format'],
  ['messages', { response_format: { type: 'json_object' } }, 'output_config.format'],
  ['messages', { output_format: { type: 'json_schema' } }, 'output_config.format'],
  ['responses', { guided_json: {} }, 'text.format'],
  ['messages', { guided_json: {} }, 'output_config.format'],
  ['chatCompletions', { regex: 'a' }, 'guided_regex'],
  ['completions', { ebnf: 'a' }, 'guided_grammar'],
  ['chatCompletions', { format: 'json' }, 'response_format'],
] as const)('what %s refuses of %j names the field to use, %s', (route, more, field) => {
  expect(refused(route, more)).toMatchObject({ message: expect.stringContaining(`since this route has ${field}`) });
});

test.each([
  [{ guided_regex: 'a' }, 'guided_regex'],
  [{ guided_grammar: 'a' }, 'guided_grammar'],
  [{ guided_choice: ['a'] }, 'guided_choice'],
  [{ grammar: 'a' }, 'guided_grammar'],
  [{ regex: 'a' }, 'guided_regex'],
  [{ ebnf: 'a' }, 'guided_grammar'],
])('routes that have nothing for %j name those that have %s', (more, field) => {
  for (const route of ['responses', 'messages'] as const)
    expect(refused(route, more)).toMatchObject({ message: expect.stringContaining(`since only chat and completions have ${field}, got `) });
});

test('a refusal says what is allowed, and never text of the client', () => {
  expect(refused('chatCompletions', { n: 2 })).toMatchObject({ message: 'expected n to be 1 or absent, got 2' });
  expect(refused('chatCompletions', { echo: true })).toMatchObject({ message: 'expected echo to be false or absent, got true' });
  expect(refused('chatCompletions', { tools: [tool] })).toMatchObject({
    message: 'expected tools to be an empty list or absent, got array',
  });
  expect(refused('responses', { max_tokens: 5 })).toMatchObject({
    message: 'expected max_tokens to be absent, since this route has max_output_tokens, got 5',
  });
  expect(refused('completions', { tool_choice: 'required' })).toMatchObject({
    message: 'expected tool_choice to be "none" or "auto" or absent, got "required"',
  });
  expect(refused('completions', { suffix: 'secret' })).toMatchObject({ message: 'expected suffix to be "" or absent, got string' });
  expect(refused('responses', { text: { format: { type: 'json' } } })).toMatchObject({
    message: 'expected text.format to be an object of type "text", or absent, got one of type "json"',
  });
});

test.each([
  ['chatCompletions', { n: 0 }, 'invalid_value', 'n'],
  ['chatCompletions', { n: '2' }, 'invalid_type', 'n'],
  ['completions', { best_of: 0 }, 'invalid_value', 'best_of'],
  ['chatCompletions', { response_format: 'json' }, 'invalid_type', 'response_format'],
  ['completions', { response_format: 'json' }, 'invalid_type', 'response_format'],
  ['responses', { text: 'json' }, 'invalid_type', 'text'],
  ['responses', { text: { format: 'json' } }, 'invalid_type', 'text.format'],
  ['responses', { text: { format: { type: 'json_schema', schema: 'a' } } }, 'invalid_type', 'text.format.schema'],
  ['responses', { tools: 'a' }, 'invalid_type', 'tools'],
  ['responses', { tools: [{ type: 'function', name: 'a', parameters: 'b' }] }, 'invalid_type', 'tools[0].parameters'],
  ['responses', { tool_choice: 'sometimes' }, 'invalid_value', 'tool_choice'],
  ['responses', { top_logprobs: '2' }, 'invalid_type', 'top_logprobs'],
  ['responses', { top_logprobs: 21 }, 'invalid_value', 'top_logprobs'],
] as const)('%s tells a wrong form from a capability: %j is %s', (route, more, code, param) => {
  expect(refused(route, more)).toMatchObject({ code, param });
});

test.each([
  [{ prompt: { id: 'p' } }, 'prompt'],
  [{ conversation: 'conv_1' }, 'conversation'],
])('responses name the unserved field of %j rather than the input it stands for', (body, param) => {
  expect(refusal(() => checked('responses', body))).toMatchObject({ code: 'unsupported_parameter', param });
});

test('responses without any input still name it', () => {
  for (const body of [{}, { prompt: null }, { previous_response_id: null, instructions: 'a' }]) {
    expect(refusal(() => checked('responses', body))).toMatchObject({ code: 'missing_required_parameter', param: 'input' });
  }
  expect(refused('responses', { input: [{ type: 'reasoning', summary: [] }] })).toMatchObject({ code: 'invalid_value', param: 'input' });
});

test.each([
  [{ role: 'assistant', function_call: { name: 'a', arguments: '' } }, 'messages[1].function_call'],
  [{ role: 'assistant', content: 'x', audio: { id: 'a' } }, 'messages[1].audio'],
  [{ role: 'assistant', tool_calls: [{ id: 'a', ...tool, function: { name: 'look', arguments: '{}' } }] }, 'messages[1].tool_calls'],
])('chat refuses the turn %j', (turn, param) => {
  expect(refused('chatCompletions', { messages: [...messages, turn, ...messages] })).toMatchObject({ status: 400, param });
});

test('chat refuses a result, told by its role', () => {
  const call = { role: 'assistant', tool_calls: [{ id: 'a', ...tool, function: { name: 'look', arguments: '{}' } }] };
  const turns = [call, { role: 'tool', tool_call_id: 'a', content: 'x' }];
  expect(refused('chatCompletions', { messages: turns })).toMatchObject({ code: 'unsupported_value', param: 'messages[1].role' });
});
