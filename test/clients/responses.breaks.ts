// What breaks clients of responses, plain and streamed.

import { rows } from './breaks.ts';
import { eachData, frames, json, without } from './mutating-proxy.ts';
import {
  aiOpenaiResponse,
  aiOpenaiResponseStream,
  aiOpenResponsesStream,
  langChainResponses,
  openaiResponse,
  openaiResponseEvents,
  openaiResponseHelper,
} from './outcome.ts';

const plain = { openai: openaiResponse, '@ai-sdk/openai': aiOpenaiResponse, '@langchain/openai': langChainResponses.plain };
const plainSame = { openai: 'same', '@ai-sdk/openai': 'same', '@langchain/openai': 'same' } as const;

const streamed = {
  'openai .stream()': openaiResponseHelper,
  'a loop over the events of openai': openaiResponseEvents,
  '@ai-sdk/openai': aiOpenaiResponseStream,
  '@ai-sdk/open-responses': aiOpenResponsesStream,
  '@langchain/openai': langChainResponses.stream,
};
const streamedSame = {
  'openai .stream()': 'same',
  'a loop over the events of openai': 'same',
  '@ai-sdk/openai': 'same',
  '@ai-sdk/open-responses': 'same',
  '@langchain/openai': 'same',
} as const;

const uncounted = { inputTokens: Number.NaN, outputTokens: Number.NaN };
const failure = { code: 'server_error', message: 'the model failed' };
/** The frames up to the first text, then the given ones; `response` stands in each as it was at the start. */
function failing(...data: readonly (Readonly<Record<string, unknown>> & { readonly type: string })[]) {
  return frames((list) => {
    const at = list.findIndex((frame) => frame.event === 'response.output_text.delta') + 1;
    const response = { ...list[0]?.data.response, status: 'failed', error: failure };
    const ends = data.map((body, index) => ({ event: body.type, data: { sequence_number: at + index, response, ...body } }));
    return [...list.slice(0, at), ...ends];
  });
}

rows('response', plain, [
  {
    change: 'no annotations',
    mutation: json((body) => {
      delete body.output[0].content[0].annotations;
    }),
    makes: { ...plainSame, '@ai-sdk/openai': /Invalid JSON response/, '@langchain/openai': /of undefined/ },
  },
  {
    change: 'no id of the item',
    mutation: json((body) => {
      delete body.output[0].id;
    }),
    makes: { ...plainSame, '@ai-sdk/openai': /Invalid JSON response/ },
  },
  {
    change: 'no logprobs and no details of usage',
    mutation: json((body) => {
      delete body.output[0].content[0].logprobs;
      delete body.usage.input_tokens_details;
      delete body.usage.output_tokens_details;
    }),
    makes: { ...plainSame },
  },
]);

rows('response stream', streamed, [
  {
    change: 'no events of items and parts',
    mutation: without(({ event }) => /output_item|content_part/.test(event ?? '')),
    makes: { ...streamedSame, 'openai .stream()': /missing output at index 0/ },
  },
  {
    change: 'no sequence numbers',
    mutation: eachData((data) => {
      delete data.sequence_number;
    }),
    makes: { ...streamedSame },
  },
  { change: 'no event names', mutation: frames((list) => list.map(({ data }) => ({ data }))), makes: { ...streamedSame } },
  { change: 'no [DONE]', mutation: without(({ data }) => data === '[DONE]'), makes: { ...streamedSame } },
  {
    change: 'a flat error',
    mutation: failing({ type: 'error', ...failure, param: null }),
    makes: {
      'openai .stream()': /the model failed/,
      'a loop over the events of openai': /the model failed/,
      '@ai-sdk/openai': /the model failed/,
      '@ai-sdk/open-responses': /of undefined/,
      '@langchain/openai': /the model failed/,
    },
  },
  {
    change: 'a nested error',
    mutation: failing({ type: 'error', error: { ...failure, type: 'server_error', param: null } }),
    makes: {
      'openai .stream()': /the model failed/,
      'a loop over the events of openai': /the model failed/,
      '@ai-sdk/openai': /the model failed/,
      '@ai-sdk/open-responses': /the model failed/,
      '@langchain/openai': /the model failed/,
    },
  },
  {
    change: 'an error in both forms',
    mutation: failing(
      { type: 'error', ...failure, param: null, error: { ...failure, type: 'server_error', param: null } },
      { type: 'response.failed' },
    ),
    makes: {
      'openai .stream()': /the model failed/,
      'a loop over the events of openai': /the model failed/,
      '@ai-sdk/openai': /the model failed/,
      '@ai-sdk/open-responses': /the model failed/,
      '@langchain/openai': /the model failed/,
    },
  },
  {
    change: 'response.failed alone',
    mutation: failing({ type: 'response.failed' }),
    makes: {
      'openai .stream()': { text: '', finish: 'failed', ...uncounted },
      'a loop over the events of openai': { text: 'The', finish: 'response.failed' },
      '@ai-sdk/openai': /the model failed/,
      '@ai-sdk/open-responses': /the model failed/,
      '@langchain/openai': { text: 'The', finish: '', ...uncounted },
    },
  },
]);
