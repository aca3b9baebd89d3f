// What breaks clients of a plain chat completion and of an error.

import { rows } from './breaks.ts';
import { json, type Mutation } from './mutating-proxy.ts';
import { aiCompatibleChat, aiOpenaiChat, langChainChat, openaiChat } from './outcome.ts';

const clients = {
  openai: openaiChat,
  '@ai-sdk/openai-compatible': aiCompatibleChat,
  '@ai-sdk/openai': aiOpenaiChat,
  '@langchain/openai': langChainChat.plain,
};

const everyone = { openai: 'same', '@ai-sdk/openai-compatible': 'same', '@ai-sdk/openai': 'same', '@langchain/openai': 'same' } as const;

/** Nothing is known of the tokens. */
const uncounted = { inputTokens: Number.NaN, outputTokens: Number.NaN };
const called = { text: '', calls: '{"city":"Paris"}' };
/** The status in words is all that is left of the message. */
const lost = /^\S+: (400 )?"?Bad Request"?$/;

function toolCall(call: object): Mutation {
  return json((body) => {
    body.choices[0].message.content = null;
    body.choices[0].message.tool_calls = [call];
    body.choices[0].finish_reason = 'tool_calls';
  });
}

function refusal(body: object): Mutation {
  return () => ({ status: 400, chunks: [JSON.stringify(body)] });
}

const look = { name: 'look', arguments: '{"city":"Paris"}' };

rows('chat reply', clients, [
  {
    change: 'no usage',
    mutation: json((body) => {
      delete body.usage;
    }),
    makes: { openai: uncounted, '@ai-sdk/openai-compatible': uncounted, '@ai-sdk/openai': uncounted, '@langchain/openai': uncounted },
  },
  {
    change: 'no id, created, object, model and logprobs',
    mutation: json((body) => {
      for (const key of ['id', 'created', 'object', 'model']) delete body[key];
      delete body.choices[0].logprobs;
    }),
    makes: { ...everyone },
  },
  {
    change: 'no content',
    mutation: json((body) => {
      delete body.choices[0].message.content;
    }),
    makes: {
      openai: { text: '' },
      '@ai-sdk/openai-compatible': { text: '' },
      '@ai-sdk/openai': { text: '' },
      '@langchain/openai': { text: '' },
    },
  },
  {
    change: 'no index in choices',
    mutation: json((body) => {
      delete body.choices[0].index;
    }),
    makes: { ...everyone, '@ai-sdk/openai': /Invalid JSON response/ },
  },
  {
    change: 'a tool call as it should be',
    mutation: toolCall({ id: 'call_1', type: 'function', function: look }),
    makes: {
      openai: { ...called, finish: 'tool_calls' },
      '@ai-sdk/openai-compatible': { ...called, finish: 'tool-calls' },
      '@ai-sdk/openai': { ...called, finish: 'tool-calls' },
      '@langchain/openai': { ...called, finish: 'tool_calls' },
    },
  },
  {
    change: 'a tool call without type',
    mutation: toolCall({ id: 'call_1', function: look }),
    makes: {
      openai: { text: '', finish: 'tool_calls', calls: 'untyped' },
      '@ai-sdk/openai-compatible': { ...called, finish: 'tool-calls' },
      '@ai-sdk/openai': /Invalid JSON response/,
      '@langchain/openai': { ...called, finish: 'tool_calls' },
    },
  },
  {
    change: 'a tool call whose arguments are an object',
    mutation: toolCall({ id: 'call_1', type: 'function', function: { ...look, arguments: { city: 'Paris' } } }),
    makes: {
      openai: { text: '', finish: 'tool_calls', calls: '[object Object]' },
      '@ai-sdk/openai-compatible': /Invalid JSON response/,
      '@ai-sdk/openai': /Invalid JSON response/,
      '@langchain/openai': { text: '', finish: 'tool_calls', calls: 'invalid' },
    },
  },
  {
    change: 'an error as it should be',
    mutation: refusal({ error: { message: 'too warm', type: 'invalid_request_error', param: 'temperature', code: 'invalid_value' } }),
    makes: { openai: /too warm/, '@ai-sdk/openai-compatible': /too warm/, '@ai-sdk/openai': /too warm/, '@langchain/openai': /too warm/ },
  },
  {
    change: 'an error in the form of Fastify',
    mutation: refusal({ statusCode: 400, error: 'Bad Request', message: 'too warm' }),
    makes: { openai: lost, '@ai-sdk/openai-compatible': lost, '@ai-sdk/openai': lost, '@langchain/openai': lost },
  },
  {
    change: 'an error in the form of FastAPI',
    mutation: refusal({ detail: 'too warm' }),
    makes: {
      openai: /^Error: 400 \{"detail"/,
      '@ai-sdk/openai-compatible': lost,
      '@ai-sdk/openai': lost,
      '@langchain/openai': /^Error: 400 \{"detail"/,
    },
  },
]);
