// Fields of other local servers: each that would change the answer is refused with what the route has instead, and its neutral values pass.

import { expect, test } from 'vitest';
import type { ModelCapabilities } from '../../../src/contract/capabilities.ts';
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
const textRoutes = ['chatCompletions', 'completions', 'responses', 'messages'] as const;
const everything: ModelCapabilities = { structuredOutputs: true, grammars: true, images: true, penalties: true, topLogprobs: 20 };

function refused(route: Route, more: object) {
  return refusal(() => checkPolicy(route, dialectFor(route).check({ ...bodies[route], ...more }), everything));
}

test.each(textRoutes)('%s refuses fields of other servers that would change the answer', (route) => {
  const asked = {
    options: { temperature: 0 },
    max_new_tokens: 5,
    n_predict: 5,
    num_predict: 5,
    truncate_prompt_tokens: 5,
    stop_token_ids: [1],
    include_stop_str_in_output: true,
    bad_words: ['a'],
    allowed_token_ids: [1],
    repeat_penalty: 1.1,
    repeat_last_n: 8,
    no_repeat_ngram_size: 2,
    dry_multiplier: 0.8,
    xtc_probability: 0.5,
    tfs_z: 0.9,
    top_a: 0.1,
    dynatemp_range: 0.5,
    samplers: ['top_k'],
    do_sample: false,
    use_beam_search: true,
    length_penalty: 2,
    n_probs: 3,
    prompt_logprobs: 0,
    skip_special_tokens: false,
    guided_whitespace_pattern: 'a',
    chat_template: 'a',
    template: 'a',
    documents: [{}],
    images: ['AAAA'],
    image: 'AAAA',
  };
  for (const [param, value] of Object.entries(asked)) {
    expect(refused(route, { [param]: value }), param).toMatchObject({
      code: expect.stringMatching(/^unsupported_(parameter|value)$/),
      param,
      status: 400,
    });
  }
});

test.each(textRoutes)('%s takes what the fields of other servers have by default', (route) => {
  const neutral = {
    options: {},
    max_new_tokens: null,
    stop_token_ids: [],
    include_stop_str_in_output: false,
    bad_words: [],
    repeat_penalty: 1,
    repeat_last_n: 64,
    no_repeat_ngram_size: 0,
    dry_multiplier: 0,
    xtc_probability: 0,
    tfs_z: 1,
    top_a: 0,
    dynatemp_range: 0,
    samplers: [],
    do_sample: true,
    use_beam_search: false,
    length_penalty: 1,
    n_probs: 0,
    skip_special_tokens: true,
    template: '',
    raw: false,
    documents: [],
    images: [],
    keep_alive: '5m',
  };
  expect(refused(route, neutral)).toBeUndefined();
  expect(refused(route, { do_sample: false, temperature: 0 })).toBeUndefined();
});

test.each([
  ['chatCompletions', { max_new_tokens: 5 }, 'max_completion_tokens'],
  ['completions', { n_predict: 5 }, 'max_tokens'],
  ['responses', { num_predict: 5 }, 'max_output_tokens'],
  ['messages', { num_predict: 5 }, 'max_tokens'],
  ['chatCompletions', { repeat_penalty: 1.1 }, 'repetition_penalty'],
  ['messages', { stop_token_ids: [1] }, 'stop_sequences'],
  ['completions', { bad_words: ['a'] }, 'logit_bias'],
  ['chatCompletions', { do_sample: false }, 'temperature 0'],
  ['chatCompletions', { options: { temperature: 0 } }, 'temperature, top_p, max_completion_tokens'],
  ['chatCompletions', { n_probs: 2 }, 'top_logprobs'],
  ['completions', { prompt_logprobs: 2 }, 'logprobs beside echo'],
  ['chatCompletions', { response_format: { type: 'json_object', schema: { type: 'object' } } }, 'response_format of type "json_schema"'],
  ['responses', { text: { format: { type: 'json_object', schema: { type: 'object' } } } }, 'text.format of type "json_schema"'],
  ['embeddings', { output_dimension: 5 }, 'dimensions'],
  ['embeddings', { embedding_types: ['int8'] }, 'encoding_format'],
  ['embeddings', { max_length: 5 }, 'truncate'],
  ['embeddings', { truncate_prompt_tokens: 5 }, 'truncate'],
] as const)('%s names for %j what it has instead, %s', (route, more, field) => {
  expect(refused(route, more)).toMatchObject({ message: expect.stringContaining(`since this route has ${field}`) });
});

test.each(['chatCompletions', 'completions'] as const)('%s refuses a schema beside the type of a format', (route) => {
  const schema = { type: 'object' };
  const param = 'response_format.schema';
  expect(refused(route, { response_format: { type: 'json_object', schema } })).toMatchObject({ code: 'unsupported_parameter', param });
  expect(refused(route, { response_format: { type: 'json_object', json_schema: { name: 'a', schema } } })).toMatchObject({
    param: 'response_format.json_schema',
  });
  expect(refused(route, { response_format: { type: 'json_object', schema: {} } })).toBeUndefined();
  expect(refused(route, { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } })).toBeUndefined();
  expect(refused(route, { stream: true, stream_options: { continuous_usage_stats: true } })).toMatchObject({
    param: 'stream_options.continuous_usage_stats',
  });
});

test('responses refuse a schema beside json_object alone', () => {
  const format = { name: 'a', schema: { type: 'object' } };
  expect(refused('responses', { text: { format: { type: 'json_object', ...format } } })).toMatchObject({ param: 'text.format.schema' });
  expect(refused('responses', { text: { format: { type: 'json_schema', ...format } } })).toBeUndefined();
});

test.each([
  ['chatCompletions', { messages: [{ role: 'user', content: 'a', images: ['AAAA'] }] }, 'messages[0].images'],
  ['messages', { messages: [{ role: 'user', content: 'a', images: ['AAAA'] }] }, 'messages[0].images'],
  ['responses', { input: [{ role: 'user', content: 'a', images: ['AAAA'] }] }, 'input[0].images'],
  [
    'chatCompletions',
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', image_url: { url: 'data:' } }] }] },
    'messages[0].content[0].image_url',
  ],
  [
    'responses',
    { input: [{ role: 'user', content: [{ type: 'input_text', text: 'a', image_url: 'data:' }] }] },
    'input[0].content[0].image_url',
  ],
] as const)('%s refuses a picture that nothing would look at: %j', (route, more, param) => {
  expect(refused(route, more)).toMatchObject({ code: 'unsupported_parameter', param });
});

test('pictures in parts of their own pass', () => {
  const text = { type: 'text', text: 'a' };
  const content = [text, { type: 'image_url', image_url: { url: 'data:' } }];
  expect(refused('chatCompletions', { messages: [{ role: 'user', content, images: [] }] })).toBeUndefined();
});

test('flags about the last turn pass where they say what is done anyway', () => {
  const begun = [...messages, { role: 'assistant', content: 'I' }];
  const chat = (turns: object[], more: object) => refused('chatCompletions', { messages: turns, ...more });
  expect(chat(begun, { continue_final_message: true, add_generation_prompt: false })).toBeUndefined();
  expect(chat(messages, { continue_final_message: false, add_generation_prompt: true })).toBeUndefined();
  expect(chat(begun, { continue_final_message: false })).toMatchObject({ param: 'continue_final_message' });
  expect(chat(begun, { add_generation_prompt: true })).toMatchObject({ param: 'add_generation_prompt' });
  expect(chat(messages, { add_generation_prompt: false })).toMatchObject({ param: 'add_generation_prompt' });
  expect(chat(messages, { continue_final_message: true })).toMatchObject({
    message: "expected continue_final_message to be true where the last message is the assistant's, else false, or absent, got true",
  });
});

test('embeddings refuse fields of other servers, and take their neutral values', () => {
  const asked = { embd_normalize: 1, prompt: 'a', output_dtype: 'int8', add_special_tokens: false, task: 'a', late_chunking: true };
  for (const [param, value] of Object.entries(asked)) expect(refused('embeddings', { [param]: value }), param).toMatchObject({ param });
  const neutral = {
    embd_normalize: 2,
    embedding_types: ['float'],
    output_dtype: 'float',
    add_special_tokens: true,
    late_chunking: false,
    task: null,
  };
  expect(refused('embeddings', neutral)).toBeUndefined();
});

test.each(['chatCompletions', 'completions'] as const)('%s tell of every number of choices the limit of the model', (route) => {
  const told = (n: number) => refusal(() => checkPolicy(route, dialectFor(route).check({ ...bodies[route], n }), { maxChoices: 8 }));
  for (const n of [9, 128, 129, 2_000]) {
    expect(told(n)).toMatchObject({ code: 'invalid_value', param: 'n', message: `expected n to be at most 8, got ${n}` });
  }
});

test('a field of another server that the class has in its own schema is left to the class', () => {
  const own = { type: 'object', properties: { options: { type: 'object' }, task: { type: 'string' }, tools: {}, n: {} } };
  const check = (route: Route, more: object) =>
    refusal(() => checkPolicy(route, dialectFor(route).check({ ...bodies[route], ...more }), everything, own));
  for (const route of textRoutes) expect(check(route, { options: { temperature: 0 } }), route).toBeUndefined();
  expect(check('embeddings', { task: 'classify' })).toBeUndefined();
  // What it does not list is refused still, and what the route has takes a capability.
  expect(check('chatCompletions', { n_predict: 5 })).toMatchObject({ param: 'n_predict' });
  expect(check('chatCompletions', { n: 2 })).toMatchObject({ param: 'n' });
  expect(check('chatCompletions', { tools: [{ type: 'function', function: { name: 'look' } }] })).toMatchObject({ param: 'tools' });
});
