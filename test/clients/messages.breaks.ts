// What breaks clients of a streamed message.

import { rows } from './breaks.ts';
import { eachData, frames, without } from './mutating-proxy.ts';
import { aiAnthropicStream, anthropicEvents, anthropicHelper, langChainMessages } from './outcome.ts';

const clients = {
  '@anthropic-ai/sdk .stream()': anthropicHelper,
  'a loop over the events of @anthropic-ai/sdk': anthropicEvents,
  '@ai-sdk/anthropic': aiAnthropicStream,
  '@langchain/anthropic': langChainMessages.stream,
};

const everyone = {
  '@anthropic-ai/sdk .stream()': 'same',
  'a loop over the events of @anthropic-ai/sdk': 'same',
  '@ai-sdk/anthropic': 'same',
  '@langchain/anthropic': 'same',
} as const;

rows('message stream', clients, [
  {
    change: 'no event names',
    mutation: frames((list) => list.map(({ data }) => ({ data }))),
    makes: {
      ...everyone,
      '@anthropic-ai/sdk .stream()': /without sending any chunks/,
      'a loop over the events of @anthropic-ai/sdk': { text: '', finish: '' },
      '@langchain/anthropic': /Reduce of empty array/,
    },
  },
  {
    change: 'no usage in message_start',
    mutation: eachData((data) => {
      delete data.message?.usage;
    }),
    makes: { ...everyone, '@anthropic-ai/sdk .stream()': /of undefined/, '@ai-sdk/anthropic': /./, '@langchain/anthropic': /of undefined/ },
  },
  {
    change: 'no usage in message_delta',
    mutation: eachData((data) => {
      delete data.usage;
    }),
    makes: {
      ...everyone,
      '@anthropic-ai/sdk .stream()': /of undefined/,
      '@ai-sdk/anthropic': /Type validation failed/,
      '@langchain/anthropic': /of undefined/,
    },
  },
  {
    change: 'no content_block_start',
    mutation: without(({ event }) => event === 'content_block_start'),
    makes: { ...everyone, '@anthropic-ai/sdk .stream()': /of undefined/ },
  },
  {
    change: 'no message_stop',
    mutation: without(({ event }) => event === 'message_stop'),
    makes: {
      ...everyone,
      '@anthropic-ai/sdk .stream()': /without producing a Message/,
      'a loop over the events of @anthropic-ai/sdk': { finish: 'message_delta' },
      '@ai-sdk/anthropic': { finish: 'interrupted', inputTokens: Number.NaN, outputTokens: Number.NaN },
    },
  },
  {
    change: 'no id and no stop_sequence',
    mutation: eachData((data) => {
      delete data.message?.id;
      delete data.message?.stop_sequence;
      delete data.delta?.stop_sequence;
    }),
    makes: { ...everyone },
  },
  {
    change: 'a ping',
    mutation: frames(([first, ...rest]) => [...(first === undefined ? [] : [first]), { event: 'ping', data: { type: 'ping' } }, ...rest]),
    makes: { ...everyone },
  },
  { change: 'a [DONE] at the end', mutation: frames((list) => [...list, { data: '[DONE]' }]), makes: { ...everyone } },
]);
