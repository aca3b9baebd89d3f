// What breaks clients of a streamed chat completion.

import { rows } from './breaks.ts';
import { bytes, eachData, type Frame, frames, without } from './mutating-proxy.ts';
import { aiCompatibleStream, aiOpenaiStream, langChainChat, openaiChatHelper } from './outcome.ts';

const clients = {
  'openai .stream()': openaiChatHelper,
  '@ai-sdk/openai-compatible': aiCompatibleStream,
  '@ai-sdk/openai': aiOpenaiStream,
  '@langchain/openai': langChainChat.stream,
};

const everyone = {
  'openai .stream()': 'same',
  '@ai-sdk/openai-compatible': 'same',
  '@ai-sdk/openai': 'same',
  '@langchain/openai': 'same',
} as const;

const called = { text: '', calls: '{"city":"Paris"}' };

const frameError = { error: { message: 'the model failed', type: 'server_error', param: null, code: null } };

/** Puts a tool call, in two fragments, in the place of the text. */
function toolCall(index: object) {
  return frames(([first, ...rest]) => {
    const part = (call: object): Frame => ({
      data: {
        ...first?.data,
        choices: [{ index: 0, delta: { tool_calls: [{ ...index, ...call }] }, logprobs: null, finish_reason: null }],
      },
    });
    const start = part({ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"city":' } });
    const end = part({ function: { arguments: '"Paris"}' } });
    const text = rest.filter(({ data }) => data.choices?.[0]?.delta.content === undefined || data.choices[0].delta.content === null);
    for (const { data } of text) if (data.choices?.[0]?.finish_reason) data.choices[0].finish_reason = 'tool_calls';
    return [...(first === undefined ? [] : [first]), start, end, ...text];
  });
}

rows('chat stream', clients, [
  {
    change: 'no role in the first delta',
    mutation: eachData((data) => {
      delete data.choices[0]?.delta.role;
    }),
    makes: { ...everyone, 'openai .stream()': /missing role/, '@langchain/openai': { inputTokens: Number.NaN, outputTokens: Number.NaN } },
  },
  {
    change: 'no index in choices',
    mutation: eachData((data) => {
      delete data.choices[0]?.index;
    }),
    makes: { ...everyone, 'openai .stream()': /invalid choice index/, '@ai-sdk/openai': /Type validation failed/ },
  },
  {
    change: 'a usage chunk without choices',
    mutation: eachData((data) => {
      if (data.usage) delete data.choices;
    }),
    makes: {
      ...everyone,
      'openai .stream()': /choices is not iterable/,
      '@ai-sdk/openai-compatible': /Type validation failed/,
      '@ai-sdk/openai': /Type validation failed/,
    },
  },
  {
    change: 'never a finish reason',
    mutation: without(({ data }) => Boolean(data.choices?.[0]?.finish_reason)),
    makes: {
      'openai .stream()': /missing finish_reason/,
      '@ai-sdk/openai-compatible': /without a finish reason/,
      '@ai-sdk/openai': { finish: 'interrupted' },
      '@langchain/openai': { finish: '' },
    },
  },
  { change: 'no [DONE]', mutation: without(({ data }) => data === '[DONE]'), makes: everyone },
  {
    change: 'a tool call whose fragments have their index',
    mutation: toolCall({ index: 0 }),
    makes: {
      'openai .stream()': { ...called, finish: 'tool_calls' },
      '@ai-sdk/openai-compatible': { ...called, finish: 'tool-calls' },
      '@ai-sdk/openai': { ...called, finish: 'tool-calls' },
      '@langchain/openai': { ...called, finish: 'tool_calls' },
    },
  },
  {
    change: 'a tool call whose fragments have no index',
    mutation: toolCall({}),
    makes: {
      'openai .stream()': /invalid tool call index/,
      '@ai-sdk/openai-compatible': { ...called, finish: 'tool-calls' },
      '@ai-sdk/openai': /Type validation failed/,
      '@langchain/openai': { text: '', finish: 'tool_calls', calls: '{},invalid' },
    },
  },
  {
    change: 'the socket reset half-way',
    mutation: bytes((text) => [text.slice(0, text.length / 2)], true),
    makes: {
      'openai .stream()': /terminated/,
      '@ai-sdk/openai-compatible': /Failed to process successful response/,
      '@ai-sdk/openai': /Failed to process successful response/,
      '@langchain/openai': /terminated/,
    },
  },
  {
    change: 'an error frame half-way',
    mutation: frames((list) => [...list.slice(0, list.length / 2), { data: frameError }]),
    makes: {
      'openai .stream()': /the model failed/,
      '@ai-sdk/openai-compatible': /the model failed/,
      '@ai-sdk/openai': /the model failed/,
      '@langchain/openai': /the model failed/,
    },
  },
  { change: 'CRLF', mutation: bytes((text) => [text.replaceAll('\n', '\r\n')]), makes: everyone },
  { change: 'comments between frames', mutation: bytes((text) => [text.replaceAll('\n\n', '\n\n: heartbeat\n\n')]), makes: everyone },
  {
    change: 'frames split inside UTF-8',
    // The answer is ASCII; a character of four bytes in front of its text has places to split.
    mutation: bytes((text) => [...Buffer.from(text.replace('"content":"The', '"content":"🌍The'))].map((byte) => Uint8Array.of(byte))),
    makes: {
      'openai .stream()': { text: '🌍The capital of France is Paris.' },
      '@ai-sdk/openai-compatible': { text: '🌍The capital of France is Paris.' },
      '@ai-sdk/openai': { text: '🌍The capital of France is Paris.' },
      '@langchain/openai': { text: '🌍The capital of France is Paris.' },
    },
  },
]);
