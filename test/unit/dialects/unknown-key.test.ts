// The check of a strict server: what no route knows is named by its path, and nothing that a well-behaved client sends is.

import { expect, test } from 'vitest';
import type { MethodName } from '../../../src/contract/methods.ts';
import { refuseUnknown, unknownKey } from '../../../src/dialects/unknown-key.ts';
import { refusal } from './framing.ts';

const text = { type: 'object', properties: { kind: { const: 'text' }, text: {} } };
const image = { type: 'object', properties: { kind: { const: 'image' }, url: {} } };
const schema = {
  properties: {
    name: { type: 'string' },
    labels: { type: 'object', patternProperties: { '.*': {} } },
    parts: { anyOf: [{ type: 'string' }, { type: 'array', items: { anyOf: [text, image] } }] },
  },
};

test.each([
  [{ nam: 'a' }, 'nam'],
  [
    {
      name: 'a',
      parts: [
        { kind: 'text', text: 'a' },
        { kind: 'image', text: 'a' },
      ],
    },
    'parts[1].text',
  ],
  [{ parts: [{ kind: 'text', url: 'a' }] }, 'parts[0].url'],
  [{ ['a\n'.repeat(40)]: 1 }, `${String.raw`a\u000a`.repeat(32)}…`],
  [{ name: 'a', labels: { any: 1 }, parts: 'a' }, undefined],
  [{ parts: [{ kind: 'text', text: { open: 1 } }] }, undefined],
])('of %j the key that no schema lists is %s', (value, expected) => {
  expect(unknownKey(schema, value)).toBe(expected);
});

test('a known path opens what is below it, and nothing beside it', () => {
  const known = [['extra'], ['parts', '[]', 'cache']];
  expect(unknownKey(schema, { extra: { a: 1 }, parts: [{ kind: 'text', cache: { b: 1 } }] }, known)).toBeUndefined();
  expect(unknownKey(schema, { parts: [{ kind: 'text', cash: 1 }] }, known)).toBe('parts[0].cash');
});

const messages = [{ role: 'user', content: 'a' }];

test.each<readonly [MethodName, object, string]>([
  ['chatCompletions', { messages, temprature: 1 }, 'temprature'],
  [
    'chatCompletions',
    { messages: [...messages, { role: 'user', content: [{ type: 'text', text: 'a', txt: 'b' }] }] },
    'messages[1].content[0].txt',
  ],
  ['chatCompletions', { messages, stream: true, stream_options: { usage: true } }, 'stream_options.usage'],
  ['completions', { prompt: 'a', max_token: 1 }, 'max_token'],
  ['embeddings', { input: 'a', inputs: 'b' }, 'inputs'],
  ['responses', { input: 'a', instruction: 'b' }, 'instruction'],
  ['responses', { input: [{ role: 'user', content: 'a', contents: 'b' }] }, 'input[0].contents'],
  ['messages', { max_tokens: 1, messages, sytem: 'b' }, 'sytem'],
])('a strict %s names the unknown key of %j', (method, body, param) => {
  expect(refusal(() => refuseUnknown(method, body))).toMatchObject({
    code: 'unknown_parameter',
    status: 400,
    param,
    message: `expected no ${param}`,
  });
});

test.each<readonly [MethodName, object]>([
  [
    'chatCompletions',
    { messages: [{ role: 'user', content: 'a', name: 'b' }], user: 'c', store: true, metadata: { any: 'd' }, service_tier: 'auto' },
  ],
  [
    'chatCompletions',
    { messages, reasoning_effort: 'low', parallel_tool_calls: true, tools: [{ type: 'function', function: { name: 'a' } }] },
  ],
  ['chatCompletions', { messages, stream: true, stream_options: { include_usage: true, include_obfuscation: false } }],
  ['completions', { prompt: ['a'], user: 'b', logprobs: 1, suffix: '' }],
  ['embeddings', { input: ['a'], user: 'b', input_type: 'query', encoding_format: 'float' }],
  [
    'responses',
    { input: [{ type: 'message', id: 'a', role: 'user', content: 'b' }], reasoning: { effort: 'low' }, text: { verbosity: 'low' } },
  ],
  ['messages', { max_tokens: 1, messages, metadata: { user_id: 'a' }, thinking: { type: 'disabled' } }],
  ['messages', { max_tokens: 1, messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: {} }] }] }],
  ['predict', { anything: 1 }],
])('a strict %s takes the hints, the telemetry and the refused fields of %j', (method, body) => {
  expect(refusal(() => refuseUnknown(method, body))).toBeUndefined();
});

test("members of the model's own schema are known", () => {
  const own = { properties: { voice: { type: 'string' } } };
  expect(refusal(() => refuseUnknown('chatCompletions', { messages, voice: 'a' }, own))).toBeUndefined();
  expect(refusal(() => refuseUnknown('chatCompletions', { messages, voices: 'a' }, own))).toMatchObject({ param: 'voices' });
});
