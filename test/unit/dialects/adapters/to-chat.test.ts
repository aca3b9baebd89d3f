// Bodies of the other text routes as bodies of a chat.

import { expect, test } from 'vitest';
import { completionsToChat } from '../../../../src/dialects/adapters/completions-to-chat.ts';
import { messagesToChat } from '../../../../src/dialects/adapters/messages-to-chat.ts';
import { responsesToChat } from '../../../../src/dialects/adapters/responses-to-chat.ts';
import { refusal } from '../framing.ts';

const user = { role: 'user', content: 'hi' };
const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const tool = { type: 'function', function: { name: 'weather', description: 'tells it', parameters } };
const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } };

const ofMessages = (more: object) => messagesToChat({ messages: [user], ...more });
const ofResponses = (more: object) => responsesToChat({ input: 'hi', ...more });

test.each<[object, object]>([
  [{ max_tokens: 5 }, { max_completion_tokens: 5 }],
  [
    { temperature: 0, top_p: 0.5, top_k: 3 },
    { temperature: 0, top_p: 0.5, top_k: 3 },
  ],
  [{ stop_sequences: ['a'] }, { stop: ['a'] }],
  [{ stop_sequences: [] }, {}],
  [{ stream: true }, { stream: true, stream_options: { include_usage: true } }],
  [{ stream: false }, {}],
  [{ tools: [{ name: 'weather', description: 'tells it', input_schema: parameters, cache_control: {} }] }, { tools: [tool] }],
  [{ tool_choice: { type: 'auto' } }, { tool_choice: 'auto' }],
  [{ tool_choice: { type: 'any' } }, { tool_choice: 'required' }],
  [{ tool_choice: { type: 'none' } }, { tool_choice: 'none' }],
  [{ tool_choice: { type: 'tool', name: 'weather' } }, { tool_choice: { type: 'function', function: { name: 'weather' } } }],
  [{ tool_choice: { type: 'any', disable_parallel_tool_use: true } }, { tool_choice: 'required', parallel_tool_calls: false }],
  [
    { output_config: { format: { type: 'json_schema', schema: parameters }, effort: 'low' } },
    { response_format: { type: 'json_schema', json_schema: { name: 'output', schema: parameters, strict: true } } },
  ],
  [{ metadata: { user_id: 'a' }, service_tier: 'auto', thinking: { type: 'enabled' } }, {}],
])('messages %j ask a chat for %j', (more, expected) => {
  expect(ofMessages(more)).toEqual({ messages: [user], ...expected });
});

test.each<[string, object, readonly object[]]>([
  [
    'a system of blocks, and neighbours of one role',
    {
      system: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      messages: [user, user],
    },
    [
      { role: 'system', content: 'a\nb' },
      { role: 'user', content: 'hi\nhi' },
    ],
  ],
  [
    'thinking, text and two calls',
    {
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'x' },
            { type: 'text', text: 'let me see' },
            { type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Bern' } },
            { type: 'tool_use', id: 'c2', name: 'time' },
          ],
        },
        user,
      ],
    },
    [
      {
        role: 'assistant',
        content: 'let me see',
        tool_calls: [call, { id: 'c2', type: 'function', function: { name: 'time', arguments: '{}' } }],
      },
      user,
    ],
  ],
  [
    'calls alone, which have no content',
    { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Bern' } }] }, user] },
    [{ role: 'assistant', tool_calls: [call] }, user],
  ],
  [
    'results of text, of blocks and of nothing, a failure, and what the user says then',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c1', content: 'sunny' },
            {
              type: 'tool_result',
              tool_use_id: 'c2',
              content: [
                { type: 'text', text: 'a' },
                { type: 'text', text: 'b' },
              ],
            },
            { type: 'tool_result', tool_use_id: 'c3' },
            { type: 'tool_result', tool_use_id: 'c4', content: 'no such city', is_error: true },
            { type: 'text', text: 'well?' },
          ],
        },
        user,
      ],
    },
    [
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'c2', content: 'a\nb' },
      { role: 'tool', tool_call_id: 'c3', content: '' },
      { role: 'tool', tool_call_id: 'c4', content: 'Error: no such city' },
      { role: 'user', content: 'well?\nhi' },
    ],
  ],
  [
    'an image beside text',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
          ],
        },
      ],
    },
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
        ],
      },
    ],
  ],
])('a conversation of messages holds %s', (_, body, turns) => {
  expect(messagesToChat({ ...body })['messages']).toEqual(turns);
});

test.each<[object, string, string]>([
  [{ messages: [{ role: 'user', content: [{ type: 'document' }] }] }, 'missing_required_parameter', 'messages[0].content[0].source'],
  [{ messages: [{ role: 'user', content: [{ type: 'search_result' }] }] }, 'unsupported_value', 'messages[0].content[0].type'],
  [{ messages: [{ role: 'user', content: [{ type: 'what' }] }] }, 'invalid_value', 'messages[0].content[0].type'],
  [{ messages: [{ role: 'user', content: [{ type: 'tool_use', id: 'a', name: 'b' }] }] }, 'invalid_value', 'messages[0].content[0].type'],
  [
    { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a' }] }] },
    'missing_required_parameter',
    'messages[0].content[0].name',
  ],
  [
    { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] },
    'missing_required_parameter',
    'messages[0].content[0].tool_use_id',
  ],
  [
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file' } }] }] },
    'unsupported_value',
    'messages[0].content[0].source',
  ],
  [{ system: [{ type: 'image', source: { type: 'url', url: 'u' } }] }, 'unsupported_value', 'system[0].type'],
  [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'unsupported_value', 'tools[0].type'],
])('messages %j are refused with %s at %s', (more, code, param) => {
  expect(refusal(() => ofMessages(more))).toMatchObject({ status: 400, code, param });
});

test.each<[object, object]>([
  [{ max_output_tokens: 5 }, { max_completion_tokens: 5 }],
  [
    { temperature: 0, seed: 1, top_k: 2 },
    { temperature: 0, seed: 1, top_k: 2 },
  ],
  [{ tools: [{ type: 'function', name: 'weather', description: 'tells it', parameters }] }, { tools: [tool] }],
  [
    { tool_choice: 'required', parallel_tool_calls: false },
    { tool_choice: 'required', parallel_tool_calls: false },
  ],
  [{ tool_choice: { type: 'function', name: 'weather' } }, { tool_choice: { type: 'function', function: { name: 'weather' } } }],
  [
    { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'weather' }] } },
    {
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'weather' } }] } },
    },
  ],
  [{ text: { format: { type: 'text' }, verbosity: 'low' } }, {}],
  [{ text: { format: { type: 'json_object' } } }, { response_format: { type: 'json_object' } }],
  [
    { text: { format: { type: 'json_schema', name: 'n', schema: parameters, strict: false } } },
    { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: parameters, strict: false } } },
  ],
  [{ include: ['message.output_text.logprobs'] }, { logprobs: true }],
  [{ top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
  [{ top_logprobs: 0 }, {}],
  [{ truncation: 'auto' }, { truncation: 'auto' }],
  [{ reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }],
  [
    { stream: true, store: true, metadata: {} },
    { stream: true, stream_options: { include_usage: true } },
  ],
])('responses %j ask a chat for %j', (more, expected) => {
  expect(ofResponses(more)).toEqual({ messages: [user], ...expected });
});

test('documents and files are files of a chat, and a document of text is text', () => {
  const source = { type: 'base64', media_type: 'application/pdf', data: 'AA==' };
  const content = [
    { type: 'document', source, title: 'a.pdf' },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'b' } },
  ];
  const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } };
  expect(ofMessages({ messages: [{ role: 'user', content }] })['messages']).toEqual([
    { role: 'user', content: [file, { type: 'text', text: 'b' }] },
  ]);
  const parts = [
    { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
    { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
  ];
  expect(ofResponses({ input: [{ role: 'user', content: parts }] })['messages']).toEqual([{ role: 'user', content: [file, parts[1]] }]);
});

test('items of a response become turns, and a call joins the text before it', () => {
  const body = responsesToChat({
    instructions: 'be brief',
    input: [
      { role: 'developer', content: 'a' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'b' },
          { type: 'input_image', image_url: 'u', detail: 'low' },
        ],
      },
      { type: 'reasoning', summary: [] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'let me see' }] },
      { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"city":"Bern"}' },
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'sunny' }] },
    ],
  });
  expect(body).toEqual({
    messages: [
      { role: 'system', content: 'be brief' },
      { role: 'system', content: 'a' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'b' },
          { type: 'image_url', image_url: { url: 'u', detail: 'low' } },
        ],
      },
      { role: 'assistant', content: 'let me see', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
    ],
  });
});

test.each<[object, string, string]>([
  [{ input: [{ type: 'item_reference', id: 'a' }] }, 'unsupported_value', 'input[0]'],
  [{ input: [{ type: 'what' }] }, 'invalid_value', 'input[0].type'],
  [{ input: [{ type: 'reasoning' }] }, 'invalid_value', 'input'],
  [{ input: [{ role: 'user' }] }, 'missing_required_parameter', 'input[0].content'],
  [{ input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'u' }] }] }, 'unsupported_value', 'input[0].content[0].file_url'],
  [{ input: [{ type: 'function_call', call_id: 'a', name: 'b', arguments: {} }] }, 'invalid_type', 'input[0].arguments'],
  [{ input: [{ type: 'function_call_output', call_id: 'a' }] }, 'invalid_type', 'input[0].output'],
  [{ tools: [{ type: 'web_search' }] }, 'unsupported_value', 'tools[0].type'],
  [{ tool_choice: { type: 'web_search' } }, 'unsupported_value', 'tool_choice'],
])('responses %j are refused with %s at %s', (more, code, param) => {
  expect(refusal(() => ofResponses(more))).toMatchObject({ status: 400, code, param });
});

test.each<[object, object]>([
  [{ prompt: ['hi'] }, { max_completion_tokens: 16 }],
  [
    { max_tokens: 3, stop: 'a', n: 2, best_of: 2 },
    { max_completion_tokens: 3, stop: 'a', n: 2 },
  ],
  [{ logprobs: 0 }, { max_completion_tokens: 16, logprobs: true }],
  [{ logprobs: 2 }, { max_completion_tokens: 16, logprobs: true, top_logprobs: 2 }],
  [{ echo: false, suffix: '', user: 'a' }, { max_completion_tokens: 16 }],
])('completions %j ask a chat for %j', (more, expected) => {
  expect(completionsToChat({ prompt: 'hi', ...more })).toEqual({ messages: [user], ...expected });
});

test.each<[object, string]>([
  [{ prompt: [1, 2] }, 'prompt'],
  [{ prompt: ['a', 'b'] }, 'prompt'],
  [{ prompt: [[1]] }, 'prompt'],
  [{ echo: true }, 'echo'],
  [{ suffix: 'a' }, 'suffix'],
  [{ best_of: 2 }, 'best_of'],
  [{ max_tokens: 0 }, 'max_tokens'],
])('completions %j are refused, since a chat cannot say them', (more, param) => {
  expect(refusal(() => completionsToChat({ prompt: 'hi', ...more }))).toMatchObject({ status: 400, code: 'unsupported_value', param });
});
