// Each field that needs a capability: refused without it by name, served with it, and neutral without either.

import { expect, test } from 'vitest';
import type { ModelCapabilities } from '../../../src/contract/capabilities.ts';
import { checkPolicy } from '../../../src/dialects/policy.ts';
import { refusal } from './framing.ts';

type Method = Parameters<typeof checkPolicy>[0];
const turn = (more: object) => ({ messages: [{ role: 'user', content: 'a' }, more] });
const part = (type: string) => turn({ role: 'user', content: [{ type: 'text', text: 'a' }, { type }] });
const inPart = 'messages[1].content[1].type';
const everything: ModelCapabilities = {
  tools: true,
  structuredOutputs: true,
  grammars: true,
  topLogprobs: 20,
  logitBias: true,
  penalties: true,
  candidateLimits: true,
  endControl: true,
  maxChoices: 128,
  severalPrompts: true,
  echo: true,
  suffix: true,
  truncation: true,
  images: true,
  audio: true,
  files: true,
  dimensions: 'any',
};

/** Method, what is asked, what serves it, the field that a refusal names. */
const served: readonly (readonly [Method, object, ModelCapabilities, string])[] = [
  ...(['chatCompletions', 'completions'] as const).flatMap((method) => [
    [method, { n: 2 }, { maxChoices: 2 }, 'n'] as const,
    [method, { logit_bias: { 1: 5 } }, { logitBias: true }, 'logit_bias'] as const,
    [method, { response_format: { type: 'json_object' } }, { structuredOutputs: true }, 'response_format'] as const,
    [method, { guided_json: {} }, { structuredOutputs: true }, 'guided_json'] as const,
    [method, { guided_grammar: 'a' }, { grammars: true }, 'guided_grammar'] as const,
    [method, { guided_regex: 'a' }, { grammars: true }, 'guided_regex'] as const,
    [method, { guided_choice: ['a'] }, { grammars: true }, 'guided_choice'] as const,
    [method, { min_tokens: 2 }, { endControl: true }, 'min_tokens'] as const,
    [method, { ignore_eos: true }, { endControl: true }, 'ignore_eos'] as const,
  ]),
  ...(['chatCompletions', 'completions', 'responses'] as const).flatMap((method) => [
    [method, { frequency_penalty: 1 }, { penalties: true }, 'frequency_penalty'] as const,
    [method, { presence_penalty: -1 }, { penalties: true }, 'presence_penalty'] as const,
    [method, { repetition_penalty: 1.1 }, { penalties: true }, 'repetition_penalty'] as const,
    [method, { top_k: 5 }, { candidateLimits: true }, 'top_k'] as const,
    [method, { min_p: 0.1 }, { candidateLimits: true }, 'min_p'] as const,
  ]),
  ['chatCompletions', { tools: [{}] }, { tools: true }, 'tools'],
  ['chatCompletions', { tool_choice: 'required' }, { tools: true }, 'tool_choice'],
  ['chatCompletions', { functions: [{}] }, { tools: true }, 'functions'],
  ['chatCompletions', { function_call: { name: 'a' } }, { tools: true }, 'function_call'],
  ['chatCompletions', turn({ role: 'tool', content: 'a' }), { tools: true }, 'messages[1].role'],
  ['chatCompletions', turn({ role: 'function', content: 'a' }), { tools: true }, 'messages[1].role'],
  ['chatCompletions', turn({ role: 'assistant', tool_calls: [{}] }), { tools: true }, 'messages[1].tool_calls'],
  ['chatCompletions', turn({ role: 'assistant', function_call: {} }), { tools: true }, 'messages[1].function_call'],
  ['chatCompletions', { logprobs: true }, { topLogprobs: 0 }, 'logprobs'],
  ['chatCompletions', { top_logprobs: 3 }, { topLogprobs: 3 }, 'top_logprobs'],
  ['chatCompletions', { truncation: 'auto' }, { truncation: true }, 'truncation'],
  ['chatCompletions', part('image_url'), { images: true }, inPart],
  ['chatCompletions', part('input_audio'), { audio: true }, inPart],
  ['chatCompletions', part('file'), { files: true }, inPart],
  ['completions', { prompt: ['a', 'b'] }, { severalPrompts: true }, 'prompt'],
  ['completions', { prompt: [[1], [2]] }, { severalPrompts: true }, 'prompt'],
  ['completions', { logprobs: 2 }, { topLogprobs: 2 }, 'logprobs'],
  ['completions', { best_of: 2 }, { maxChoices: 2 }, 'best_of'],
  ['completions', { echo: true }, { echo: true }, 'echo'],
  ['completions', { suffix: 'a' }, { suffix: true }, 'suffix'],
  ['responses', { tools: [{}] }, { tools: true }, 'tools'],
  ['responses', { tool_choice: 'required' }, { tools: true }, 'tool_choice'],
  ['responses', { input: [{ type: 'function_call' }] }, { tools: true }, 'input[0].type'],
  ['responses', { input: [{ role: 'user' }, { type: 'function_call_output' }] }, { tools: true }, 'input[1].type'],
  ['responses', { input: [{ content: [{ type: 'input_image' }] }] }, { images: true }, 'input[0].content[0].type'],
  ['responses', { input: [{ content: [{ type: 'input_audio' }] }] }, { audio: true }, 'input[0].content[0].type'],
  ['responses', { input: [{ content: [{ type: 'input_file' }] }] }, { files: true }, 'input[0].content[0].type'],
  ['responses', { top_logprobs: 2 }, { topLogprobs: 2 }, 'top_logprobs'],
  ['responses', { include: ['message.output_text.logprobs'] }, { topLogprobs: 0 }, 'include'],
  ['responses', { truncation: 'auto' }, { truncation: true }, 'truncation'],
  ['responses', { text: { format: { type: 'json_schema' } } }, { structuredOutputs: true }, 'text.format'],
  ['messages', { tools: [{}] }, { tools: true }, 'tools'],
  ['messages', { tool_choice: { type: 'any' } }, { tools: true }, 'tool_choice'],
  ['messages', part('tool_use'), { tools: true }, inPart],
  ['messages', part('tool_result'), { tools: true }, inPart],
  ['messages', part('image'), { images: true }, inPart],
  ['messages', part('document'), { files: true }, inPart],
  ['messages', { top_k: 3 }, { candidateLimits: true }, 'top_k'],
  ['messages', { output_config: { format: { type: 'json_schema' } } }, { structuredOutputs: true }, 'output_config.format'],
  ['embeddings', { dimensions: 8 }, { dimensions: [4, 8] }, 'dimensions'],
  ['embeddings', { dimensions: 9 }, { dimensions: 'any' }, 'dimensions'],
];

test.each(served)('%s: %j needs %j', (method, body, capabilities, param) => {
  expect(refusal(() => checkPolicy(method, body, {}))).toMatchObject({ code: expect.stringMatching(/^unsupported_/), param });
  expect(refusal(() => checkPolicy(method, body, capabilities))).toBeUndefined();
  // Every other capability is no help.
  const others = Object.fromEntries(Object.entries(everything).filter(([name]) => !(name in capabilities)));
  expect(refusal(() => checkPolicy(method, body, others))).toMatchObject({ param });
});

test.each([
  ['chatCompletions', { n: 5 }, { maxChoices: 4 }, 'n', 'expected n to be at most 4, got 5'],
  ['chatCompletions', { n: 129 }, { maxChoices: 4 }, 'n', 'expected n to be at most 4, got 129'],
  ['completions', { best_of: 5 }, { maxChoices: 4 }, 'best_of', 'expected best_of to be at most 4, got 5'],
  ['chatCompletions', { top_logprobs: 6 }, { topLogprobs: 5 }, 'top_logprobs', 'expected top_logprobs to be at most 5, got 6'],
  ['completions', { logprobs: 6 }, { topLogprobs: 5 }, 'logprobs', 'expected logprobs to be at most 5, got 6'],
  ['responses', { top_logprobs: 6 }, { topLogprobs: 5 }, 'top_logprobs', 'expected top_logprobs to be at most 5, got 6'],
  ['embeddings', { dimensions: 5 }, { dimensions: [4, 8] }, 'dimensions', 'expected dimensions to be 4 or 8 or absent, got 5'],
  [
    'chatCompletions',
    { response_format: { type: 'xml' } },
    { structuredOutputs: true },
    'response_format',
    'expected response_format to be an object of type "text" or "json_object" or "json_schema", or absent, got one of type "xml"',
  ],
] as const)('%s: %j is past what %j serves', (method, body, capabilities, param, message) => {
  expect(refusal(() => checkPolicy(method, body, capabilities))).toMatchObject({ code: 'invalid_value', param, message });
});

test.each([
  ['chatCompletions', { top_k: 0, min_p: 0, frequency_penalty: 0, presence_penalty: 0, repetition_penalty: 1, n: 1, logprobs: false }],
  ['chatCompletions', { top_k: -1, parallel_tool_calls: false, ...turn({ role: 'assistant', content: 'a', tool_calls: [] }) }],
  ['completions', { top_k: -1, min_p: 0, prompt: [1, 2, 3], echo: false, suffix: '', best_of: 1, min_tokens: 0, ignore_eos: false }],
  ['completions', { prompt: ['a'] }],
  ['responses', { tools: [], tool_choice: 'auto', truncation: 'disabled', include: [], top_logprobs: 0, top_k: 0 }],
  ['messages', { tools: [], tool_choice: { type: 'auto' }, top_k: 0, output_config: {} }],
  ['embeddings', { input: ['a', 'b'] }],
] as const)('%s takes the neutral values of %j from a model that declares nothing', (method, body) => {
  expect(refusal(() => checkPolicy(method, body, {}))).toBeUndefined();
});

test.each([
  [
    'chatCompletions',
    part('image_url'),
    {},
    'expected messages[1].content[1].type to be "text" or "input_text" or "refusal", got "image_url"',
  ],
  [
    'chatCompletions',
    part('file'),
    { images: true },
    'expected messages[1].content[1].type to be "text" or "input_text" or "refusal" or "image_url", got "file"',
  ],
  [
    'chatCompletions',
    part('video_url'),
    { files: true },
    'expected messages[1].content[1].type to be "text" or "input_text" or "refusal" or "file", got "video_url"',
  ],
  ['messages', part('image'), {}, 'expected messages[1].content[1].type to be "text" or "thinking" or "redacted_thinking", got "image"'],
  [
    'messages',
    turn({ content: [{ type: 'tool_result', content: [{ type: 'image' }] }] }),
    { tools: true },
    'expected messages[1].content[0].content[0].type to be "text" or "thinking" or "redacted_thinking" or "tool_use" or "tool_result", got "image"',
  ],
  [
    'responses',
    { input: [{ content: [{ type: 'input_file' }] }] },
    { audio: true },
    'expected input[0].content[0].type to be "input_text" or "output_text" or "text" or "refusal" or "input_audio", got "input_file"',
  ],
  [
    'responses',
    { input: [{ type: 'function_call' }] },
    {},
    'expected input[0].type to be "message" or "reasoning" or "item_reference", got "function_call"',
  ],
] as const)('%s: the refusal of %j by a model of %j says what it takes', (method, body, capabilities, message) => {
  expect(refusal(() => checkPolicy(method, body, capabilities))).toMatchObject({ code: 'unsupported_value', message });
});

test.each([
  ['chatCompletions', { tools: [{ type: 'function' }, { type: 'custom' }] }, 'tools[1].type', '"function"', 'custom'],
  ['responses', { tools: [{ type: 'web_search' }] }, 'tools[0].type', '"function"', 'web_search'],
  ['inputTokens', { tools: [{ type: 'web_search' }] }, 'tools[0].type', '"function"', 'web_search'],
  [
    'messages',
    { tools: [{ name: 'a' }, { type: 'custom' }, { type: 'web_search_20250305' }] },
    'tools[2].type',
    '"custom" or absent',
    'web_search_20250305',
  ],
  ['countTokens', { tools: [{ type: 'bash_20250124' }] }, 'tools[0].type', '"custom" or absent', 'bash_20250124'],
] as const)('%s: %j has a tool that no model is told of', (method, body, param, allowed, type) => {
  const message = `expected ${param} to be ${allowed}, got "${type}"`;
  for (const known of [everything, undefined])
    expect(refusal(() => checkPolicy(method, body, known))).toMatchObject({ code: 'unsupported_value', param, message });
});

test('what no model serves is refused whatever is declared, and also before that is known', () => {
  for (const [method, body, param] of [
    ['chatCompletions', { echo: true }, 'echo'],
    ['completions', { tools: [{}] }, 'tools'],
    ['responses', { conversation: 'a' }, 'conversation'],
    ['messages', { seed: 1 }, 'seed'],
  ] as const) {
    for (const known of [everything, undefined])
      expect(refusal(() => checkPolicy(method, body, known))).toMatchObject({ code: expect.stringMatching(/^unsupported_/), param });
  }
});

test('what needs a capability passes while the capabilities are not known', () => {
  for (const [method, body] of served) expect(refusal(() => checkPolicy(method, body, undefined))).toBeUndefined();
});
