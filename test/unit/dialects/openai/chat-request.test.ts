import { expect, test } from 'vitest';
import { checkChat, type ChatCompletionsRequest, chatSchema, chatToGeneration } from '../../../../src/dialects/openai/chat-request.ts';
import { refusal } from '../framing.ts';

const user = { role: 'user', content: 'hi' } as const;
const look = { name: 'look', description: 'looks', parameters: { type: 'object' } };
const find = { name: 'find' };
const tools = [look, find].map((tool) => ({ type: 'function', function: tool }) as const);
const schema = { type: 'object', properties: { a: { const: null } } };

const mapped = (more: Partial<ChatCompletionsRequest>) => chatToGeneration({ messages: [user], ...more });
const refused = (more: object) => refusal(() => checkChat({ messages: [user], ...more }));

test.each<readonly [Partial<ChatCompletionsRequest>, object]>([
  [{ n: 3 }, { choices: 3 }],
  [{ logprobs: true }, { logprobs: 0 }],
  [{ logprobs: true, top_logprobs: 5 }, { logprobs: 5 }],
  [
    { logit_bias: { 5: -100, 0: 1 } },
    {
      logitBias: new Map([
        [0, 1],
        [5, -100],
      ]),
    },
  ],
  [
    { min_tokens: 2, ignore_eos: true },
    { minTokens: 2, ignoreEos: true },
  ],
  [{ truncation: 'auto' }, { dropOldest: true }],
  [{ response_format: { type: 'json_object' } }, { format: { kind: 'json' }, formatParam: 'response_format' }],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } } },
    { format: { kind: 'jsonSchema', schema }, formatParam: 'response_format.json_schema.schema' },
  ],
  [{ guided_json: schema }, { format: { kind: 'jsonSchema', schema }, formatParam: 'guided_json' }],
  [{ guided_json: JSON.stringify(schema) }, { format: { kind: 'jsonSchema', schema }, formatParam: 'guided_json' }],
  [{ guided_grammar: 'root ::= "a"' }, { format: { kind: 'grammar', ebnf: 'root ::= "a"' }, formatParam: 'guided_grammar' }],
  [{ guided_regex: 'a+' }, { format: { kind: 'regex', pattern: 'a+' }, formatParam: 'guided_regex' }],
  [{ guided_choice: ['a.b', '(c|d)'] }, { format: { kind: 'choice', choices: ['a.b', '(c|d)'] }, formatParam: 'guided_choice' }],
  [
    { tools, parallel_tool_calls: false },
    { tools: [look, find], parallelToolCalls: false },
  ],
  [
    { tools, tool_choice: 'required' },
    { tools: [look, find], toolChoice: { mode: 'required' } },
  ],
  [{ tools, tool_choice: { type: 'function', function: find } }, { toolChoice: { mode: 'required', names: ['find'] } }],
  [
    { tools, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: find }] } } },
    { toolChoice: { mode: 'auto', names: ['find'] } },
  ],
  [
    { functions: [look], function_call: { name: 'look' } },
    { tools: [look], toolChoice: { mode: 'required', names: ['look'] }, parallelToolCalls: false },
  ],
])('%j is mapped', (more, expected) => {
  expect(mapped(more)).toMatchObject(expected);
});

test('neutral values ask for nothing', () => {
  const neutral = mapped({
    logprobs: false,
    top_logprobs: 0,
    logit_bias: {},
    response_format: { type: 'text' },
    guided_choice: [],
    tools: [],
    tool_choice: 'none',
    functions: [],
    function_call: 'auto',
    parallel_tool_calls: true,
    truncation: 'disabled',
  });
  expect(neutral).toEqual(mapped({}));
});

test('tools that are no functions pass the check, and are refused by a generator', () => {
  const searching = { tools: [...tools, { type: 'web_search' }], tool_choice: { type: 'function', function: find } } as const;
  expect(refused(searching)).toBeUndefined();
  const asked = { ...searching, tools: [...searching.tools] };
  expect(refusal(() => mapped(asked))).toMatchObject({ code: 'unsupported_value', param: 'tools[2].type' });
});

test('tools that may not be called ask a generator for nothing', () => {
  expect(mapped({ tools, tool_choice: 'none' })).toEqual(mapped({}));
  expect(mapped({ functions: [look], function_call: 'none' })).toEqual(mapped({}));
});

test.each([
  [{ n: 2 ** 53 }, 'invalid_value', 'n'],
  [{ top_logprobs: 1 }, 'invalid_value', 'top_logprobs'],
  [{ logprobs: false, top_logprobs: 1 }, 'invalid_value', 'top_logprobs'],
  [{ logprobs: true, top_logprobs: 21 }, 'invalid_value', 'top_logprobs'],
  [{ logprobs: 2 }, 'invalid_type', 'logprobs'],
  [{ logit_bias: { abc: 1 } }, 'invalid_value', 'logit_bias.abc'],
  [{ logit_bias: { '01': 1 } }, 'invalid_value', 'logit_bias.01'],
  [{ logit_bias: { 1: 101 } }, 'invalid_value', 'logit_bias.1'],
  [{ response_format: { type: 'yaml' } }, 'invalid_value', 'response_format.type'],
  [{ response_format: { type: 'json_schema' } }, 'missing_required_parameter', 'response_format.json_schema'],
  [{ guided_json: 'no json' }, 'invalid_value', 'guided_json'],
  [{ guided_json: {}, guided_regex: 'a' }, 'invalid_value', 'guided_regex'],
  [{ tools: [{ type: 'function' }] }, 'missing_required_parameter', 'tools[0].function'],
  [{ tools: [{ type: 'function', function: {} }] }, 'missing_required_parameter', 'tools[0].function.name'],
  [{ tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
  [{ tool_choice: 'sometimes' }, 'invalid_value', 'tool_choice'],
  [{ tools, tool_choice: { type: 'function', function: { name: 'x' } } }, 'invalid_value', 'tool_choice.function.name'],
  [{ tools, functions: [look] }, 'invalid_value', 'functions'],
  [{ functions: [look], function_call: { name: 'x' } }, 'invalid_value', 'function_call.name'],
  [{ truncation: 'oldest' }, 'invalid_value', 'truncation'],
  [{ stream: true, stream_options: { include_usage: 1 } }, 'invalid_type', 'stream_options.include_usage'],
])('%j is refused', (more, code, param) => {
  expect(refused(more)).toMatchObject({ status: 400, code, param });
});

test('hints and telemetry pass, and but for the caller and labels in any form', () => {
  for (const wrong of [{ user: 4 }, { metadata: [] }, { metadata: 'a' }])
    expect(refused(wrong)).toMatchObject({ code: 'invalid_type', param: Object.keys(wrong)[0] });
  const hints = {
    user: 'me',
    metadata: { a: 'b' },
    store: true,
    service_tier: 'flex',
    reasoning_effort: 'low',
    prediction: {},
    verbosity: 1,
  };
  expect(refused({ ...hints, stream: true, stream_options: { include_obfuscation: false } })).toBeUndefined();
  expect(
    refused({
      messages: [
        { ...user, name: 'me' },
        { role: 'assistant', content: 'a', reasoning_content: 'b', reasoning: {} },
      ],
    }),
  ).toBeUndefined();
});

test('nulls of a schema inside the body stay', () => {
  const body = { messages: [user], response_format: { type: 'json_schema', json_schema: { name: 'a', strict: null, schema } } };
  expect(checkChat(body)['response_format']).toEqual({ type: 'json_schema', json_schema: { name: 'a', schema } });
});

test('every field has the line that OpenAPI shows', () => {
  const bare = Object.entries(chatSchema.properties).filter(([, field]) => !('description' in field));
  expect(bare.map(([key]) => key)).toEqual([]);
});
