import { expect, test } from 'vitest';
import { messagesToChat } from '../../../src/dialects/adapters/messages-to-chat.ts';
import { dropNulls } from '../../../src/dialects/nulls.ts';
import { checkPolicy } from '../../../src/dialects/policy.ts';
import { dialectFor } from '../../../src/dialects/route-dialects.ts';
import { refusal } from './framing.ts';

const user = { role: 'user', content: 'hi' };
const checked = (method: Parameters<typeof dialectFor>[0], body: unknown) => {
  const kept = dialectFor(method).check(body);
  checkPolicy(method, kept, {});
  return kept;
};
const refused = (...args: Parameters<typeof checked>) => refusal(() => checked(...args));

test.each([
  ['chatCompletions', {}, 'missing_required_parameter', 'messages'],
  ['chatCompletions', [], 'invalid_type', null],
  ['chatCompletions', { messages: [] }, 'invalid_value', 'messages'],
  ['chatCompletions', { messages: [{ role: 'user', content: 5 }] }, 'invalid_type', 'messages[0].content'],
  [
    'chatCompletions',
    { messages: [{ role: 'user', content: [{ text: 'x' }] }] },
    'missing_required_parameter',
    'messages[0].content[0].type',
  ],
  ['chatCompletions', { messages: [{ role: 'user', content: null }] }, 'missing_required_parameter', 'messages[0].content'],
  ['chatCompletions', { messages: [{ role: 'king', content: 'x' }] }, 'invalid_value', 'messages[0].role'],
  ['chatCompletions', { messages: [user], temperature: '0.5' }, 'invalid_type', 'temperature'],
  ['chatCompletions', { messages: [user], temperature: 3 }, 'invalid_value', 'temperature'],
  ['chatCompletions', { messages: [user], stop: '' }, 'invalid_value', 'stop'],
  ['chatCompletions', { messages: [user], stop: ['a', 7] }, 'invalid_type', 'stop[1]'],
  ['chatCompletions', { messages: [user], stream_options: { include_usage: true } }, 'invalid_value', 'stream_options'],
  ['chatCompletions', { messages: [user], tools: [{ type: 'function', function: { name: 'look' } }] }, 'unsupported_parameter', 'tools'],
  ['chatCompletions', { messages: [user], n: 2 }, 'unsupported_value', 'n'],
  ['chatCompletions', { messages: [user], logprobs: true }, 'unsupported_parameter', 'logprobs'],
  ['chatCompletions', { messages: [user], logit_bias: { 1: 5 } }, 'unsupported_parameter', 'logit_bias'],
  ['chatCompletions', { messages: [user], response_format: { type: 'json_object' } }, 'unsupported_value', 'response_format'],
  [
    'chatCompletions',
    { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    'unsupported_value',
    'messages[0].content[0].type',
  ],
  [
    'responses',
    { input: [{ ...user, content: [{ type: 'input_image', file_id: 'f' }] }] },
    'unsupported_value',
    'input[0].content[0].type',
  ],
  ['responses', { input: [{ ...user, content: [{ type: 'input_audio' }] }] }, 'unsupported_value', 'input[0].content[0].type'],
  [
    'messages',
    { max_tokens: 4, messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
    'unsupported_value',
    'messages[0].content[0].type',
  ],
  ['messages', { max_tokens: 4, messages: [user], system: [{ type: 'document' }] }, 'unsupported_value', 'system[0].type'],
  ['completions', { prompt: [] }, 'invalid_value', 'prompt'],
  ['completions', { prompt: [] }, 'invalid_value', 'prompt'],
  ['completions', { prompt: 'a', echo: true }, 'unsupported_value', 'echo'],
  ['completions', { prompt: 'a', suffix: 'b' }, 'unsupported_parameter', 'suffix'],
  ['completions', { prompt: 'a', best_of: 2 }, 'unsupported_value', 'best_of'],
  ['completions', { prompt: true }, 'invalid_type', 'prompt'],
  ['responses', { input: 'a', background: 'yes' }, 'invalid_type', 'background'],
  ['responses', { input: 'a', text: { format: { type: 'json_object' } } }, 'unsupported_value', 'text.format'],
  ['responses', { input: [{ type: 'function_call' }] }, 'missing_required_parameter', 'input[0].call_id'],
  ['responses', { input: [{ role: 'user' }] }, 'missing_required_parameter', 'input[0].content'],
  ['messages', { messages: [user] }, 'missing_required_parameter', 'max_tokens'],
  ['messages', { max_tokens: 4, messages: [user], tools: [{ name: 'f' }] }, 'unsupported_parameter', 'tools'],
  ['messages', { max_tokens: 4, messages: [user], temperature: 1.5 }, 'invalid_value', 'temperature'],
  ['embeddings', { input: '' }, 'invalid_value', 'input'],
  ['embeddings', { input: ['a', ''] }, 'invalid_value', 'input[1]'],
  ['embeddings', { input: [] }, 'invalid_value', 'input'],
  ['embeddings', { input: ['a', 3] }, 'invalid_type', 'input[1]'],
  ['embeddings', { input: 'a', encoding_format: 'int8' }, 'invalid_value', 'encoding_format'],
] as const)('%s refuses %j with %s at %s', (method, body, code, param) => {
  expect(refused(method, body)).toMatchObject({ code, param, status: 400 });
});

test('embeddings refuse more than 2048 inputs, whatever they are', () => {
  for (const item of ['a', [1]]) {
    const message = 'expected input to be at most 2048 items long, got 2049 items';
    expect(refused('embeddings', { input: new Array(2049).fill(item) })).toMatchObject({ code: 'invalid_value', param: 'input', message });
  }
});

test('the message tells the type that came and never the text', () => {
  expect(refused('chatCompletions', { messages: 'secret' })).toMatchObject({ message: 'expected messages to be array, got string' });
  expect(refused('chatCompletions', { messages: [{ role: 'user', content: 5 }] })).toMatchObject({
    message: 'expected messages[0].content to be string or array, got 5',
  });
});

test.each([
  ['chatCompletions', { messages: [{ role: 'bot', content: 'hi' }] }, 'got "bot"'],
  ['chatCompletions', { messages: [{ role: 5, content: 'hi' }] }, 'got 5'],
  ['chatCompletions', { messages: [{ role: true, content: 'hi' }] }, 'got true'],
  ['messages', { max_tokens: 1, messages: [{ role: 'bot\n"\u2028', content: 'hi' }] }, 'got "bot\\n\\"\\u2028"'],
  ['embeddings', { input: 'a', encoding_format: 'é'.repeat(1000) }, `got "${'é'.repeat(40)}…"`],
  ['responses', { input: 'a', tool_choice: 'any' }, 'got "any"'],
] as const)('%s repeats the word that came where %j has none of the API, on one short line', (method, body, came) => {
  expect(refused(method, body)).toMatchObject({ message: expect.stringMatching(/ to be one of \[.*\], got /) });
  expect(refused(method, body)).toMatchObject({ message: expect.stringContaining(came) });
});

test('keys of a body are short and of one line in a message and its path', () => {
  const prose = 'my secret\u202e '.repeat(1_000);
  for (const [method, field, value] of [
    ['chatCompletions', 'logit_bias', 1],
    ['responses', 'metadata', 5],
  ] as const) {
    const error = refused(method, { messages: [user], input: 'a', [field]: { [prose]: value } });
    expect(error).toMatchObject({ status: 400, param: expect.stringMatching(`^${field}\\.my secret\\\\u202e .{0,120}…$`) });
    expect(String(error).length).toBeLessThan(400);
    expect(String(error)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  }
});

test('no text of a user is in a message, however wrong it stands', () => {
  const text = 'my secret';
  const wrong = [
    text,
    { a: text },
    [text],
    [[text]],
    [{ text }],
    [{ type: 'text', text: { a: text } }],
    [{ type: 5, text }],
    [{ [text]: 1 }],
  ];
  const odd = [...wrong, [{ role: 'user', content: { a: text } }], [{ role: 'bot', content: text }], [{ content: text }], `${text}\0`];
  const full = { tools: true, structuredOutputs: true, grammars: true, severalPrompts: true } as const;
  for (const content of odd) {
    for (const [method, body] of [
      ['chatCompletions', { messages: [{ role: 'user', content }] }],
      ['chatCompletions', { messages: [{ role: 'bot', content }] }],
      ['chatCompletions', { messages: [{ role: 'assistant', content, tool_calls: [{ id: 'a', type: 'b', function: content }] }] }],
      ['chatCompletions', { messages: content }],
      ...['stop', 'system', 'instructions', 'suffix', 'guided_choice', 'grammar'].map(
        (key) => ['chatCompletions', { messages: [user], [key]: content }] as const,
      ),
      ...['stop', 'suffix', 'system'].map((key) => ['completions', { prompt: 'a', [key]: content }] as const),
      ['completions', { prompt: content, stream: 'x' }],
      ['responses', { input: content, instructions: { a: text } }],
      ['responses', { input: [{ role: 'user', content }], instructions: content, truncation: 'x' }],
      ['responses', { input: [{ type: 'function_call_output', call_id: 'a', output: content }] }],
      ['messages', { max_tokens: 'x', messages: [user], system: content }],
      ['messages', { max_tokens: 1, messages: [{ role: 'user', content }], system: content }],
      ['messages', { max_tokens: 1, messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content }] }] }],
      ['embeddings', { input: content, encoding_format: 'x' }],
    ] as const) {
      for (const capabilities of [{}, full]) {
        const error = refusal(() => checkPolicy(method, dialectFor(method).check(body), capabilities));
        const message = error instanceof Error ? error.message : '';
        expect(message, `${method} ${JSON.stringify(body)}`).not.toContain(text);
      }
    }
  }
});

test.each([
  [
    'chatCompletions',
    { messages: [user], n: 1, logprobs: false, top_logprobs: 0, logit_bias: {}, tools: [], tool_choice: 'none', functions: [] },
  ],
  [
    'chatCompletions',
    { messages: [user], response_format: { type: 'text' }, modalities: ['text'], store: false, chat_template_kwargs: {} },
  ],
  ['chatCompletions', { messages: [{ role: 'assistant', content: 'x', tool_calls: [] }], frequency_penalty: 0, presence_penalty: 0 }],
  ['completions', { prompt: 'a', n: 1, best_of: 1, echo: false, suffix: '', logit_bias: {}, logprobs: false }],
  [
    'responses',
    { input: 'a', tools: [], tool_choice: 'auto', background: false, store: true, text: { format: { type: 'text' }, verbosity: 'low' } },
  ],
  ['messages', { max_tokens: 1, messages: [user], tools: [], tool_choice: { type: 'auto' }, thinking: { type: 'disabled' }, metadata: {} }],
] as const)('%s accepts the neutral values of %j', (method, body) => {
  expect(checked(method, body)).toEqual(body);
});

test('parts that are no text pass the check of a route, since some models take them', () => {
  const text = { type: 'text', text: 'a' };
  const parts = (...content: object[]) => ({ messages: [{ role: 'user', content: [text, ...content] }], max_tokens: 1 });
  for (const type of ['image_url', 'input_audio', 'file', 'video_url']) {
    const body = parts({ type, [type]: {} });
    expect(dialectFor('chatCompletions').check(body)).toEqual(body);
  }
  for (const part of [{ type: 'image' }, { type: 'document' }]) expect(dialectFor('messages').check(parts(part))).toEqual(parts(part));
  const call = { type: 'tool_use', id: 'a', name: 'b', input: {} };
  const result = { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image' }] };
  const answered = { max_tokens: 1, messages: [{ role: 'assistant', content: [call] }, ...parts(result).messages] };
  expect(dialectFor('messages').check(answered)).toEqual(answered);
  const input = [{ role: 'user', content: [{ type: 'input_file', file_url: 'u' }] }];
  expect(dialectFor('responses').check({ input })).toEqual({ input });
});

test('parts of media are held to their form, whatever the model takes', () => {
  const image = { type: 'input_image', image_url: 5 };
  for (const more of [
    { role: 'user', content: [image] },
    { type: 'function_call_output', call_id: 'a', output: [image] },
  ]) {
    const place = `input[0].${'role' in more ? 'content' : 'output'}[0].image_url`;
    expect(refused('responses', { input: [more] })).toMatchObject({ code: 'invalid_type', param: place });
  }
  const block = { type: 'image', source: 'https://a.example/b.png' };
  expect(refused('messages', { max_tokens: 1, messages: [{ role: 'user', content: [block] }] })).toMatchObject({
    code: 'invalid_type',
    param: 'messages[0].content[0].source',
  });
});

test('a text that is wrong is still found beside them, at its place', () => {
  const content = [{ type: 'image_url' }, { type: 'text' }];
  expect(refused('chatCompletions', { messages: [{ role: 'user', content }] })).toMatchObject({ param: 'messages[0].content[1].text' });
  const odd = [{ type: 'text', text: 'a', content: [null] }];
  expect(refused('chatCompletions', { messages: [{ role: 'user', content: odd }] })).toBeUndefined();
});

test('null means absent, at every depth, and checking twice changes nothing', () => {
  const { check } = dialectFor('chatCompletions');
  const once = check({
    messages: [{ role: 'user', content: 'hi', tool_calls: null }],
    tools: null,
    stream_options: null,
    stop: null,
    temperature: null,
  });
  expect(once).toEqual({ messages: [user] });
  expect(check(once)).toBe(once);
  expect(refused('chatCompletions', { messages: null })).toMatchObject({ code: 'missing_required_parameter', param: 'messages' });
});

test('a value without nulls is not copied, and nulls in arrays stay', () => {
  const value = { a: [1, { b: 2 }] };
  expect(dropNulls(value)).toBe(value);
  expect(dropNulls({ a: [null, { b: null }] })).toEqual({ a: [null, {}] });
});

test('nulls of the client stay: in JSON Schemas and in the input of a call', () => {
  const own = { a: null, deep: [{ b: null }] };
  const call = { type: 'tool_use', id: 'a', name: 'b', input: own, text: null };
  const kept = dialectFor('messages').check({
    max_tokens: 1,
    messages: [{ role: 'assistant', content: [call] }, user],
    tools: [{ name: 'b', input_schema: own, description: null }],
  });
  const { text: _, ...withoutText } = call;
  expect(kept).toEqual({
    max_tokens: 1,
    messages: [{ role: 'assistant', content: [withoutText] }, user],
    tools: [{ name: 'b', input_schema: own }],
  });
  expect(messagesToChat(kept)).toMatchObject({ messages: [{ tool_calls: [{ function: { arguments: JSON.stringify(own) } }] }, user] });
  const chat = {
    messages: [user],
    tools: [{ type: 'function', function: { name: 'b', parameters: own } }],
    response_format: { type: 'json_schema', json_schema: { name: 'c', schema: own } },
    guided_json: null,
  };
  const { guided_json: __, ...asked } = chat;
  expect(dialectFor('chatCompletions').check(chat)).toEqual(asked);
});

test('items of an input are no JSON of the client', () => {
  const input = [{ role: 'user', content: 'hi', id: null }];
  expect(dialectFor('responses').check({ input })).toEqual({ input: [user] });
});

test('a label that is null is absent', () => {
  const metadata = { a: null, b: 'c' };
  expect(dialectFor('responses').check({ input: 'a', metadata })).toEqual({ input: 'a', metadata: { b: 'c' } });
  expect(dialectFor('chatCompletions').check({ messages: [user], metadata })).toEqual({ messages: [user], metadata: { b: 'c' } });
});

test('predict takes any body as it is', () => {
  for (const body of [undefined, null, [null], { a: null }]) expect(dialectFor('predict').check(body)).toEqual(body);
});
