import { expect, test } from 'vitest';
import { isGenerationEvent } from '../../../src/dialects/event-forms.ts';

const likely = { id: 1, token: 'a', bytes: [97], logprob: -1 };

test.each([
  { type: 'text', text: 'a' },
  { type: 'text', text: '', choice: 3, logprobs: [{ ...likely, offset: 0, top: [likely] }] },
  { type: 'text', text: 'a', logprobs: [{ ...likely, logprob: null, offset: 0, top: [] }] },
  { type: 'toolCall', call: 0, id: 'a', name: 'b', arguments: '' },
  { type: 'finish', reason: 'toolCalls', choice: undefined },
  { type: 'usage', promptTokens: 0, completionTokens: 0 },
  { type: 'usage', promptTokens: 2, completionTokens: 0, cachedTokens: 1 },
])('%j is an event', (item) => {
  expect(isGenerationEvent(item)).toBe(true);
});

test.each([
  null,
  'text',
  { type: 'text' },
  { type: 'text', text: 'a', choice: -1 },
  { type: 'text', text: 'a', choice: '0' },
  { type: 'text', text: 'a', logprobs: [likely] },
  { type: 'text', text: 'a', logprobs: [{ ...likely, offset: 0, top: [{}] }] },
  { type: 'text', text: 'a', logprobs: [{ ...likely, bytes: 'a', offset: 0, top: [] }] },
  { type: 'toolCall', call: 0 },
  { type: 'toolCall', call: 0.5, arguments: '' },
  { type: 'toolCall', call: 0, id: 4, arguments: '' },
  { type: 'finish', reason: 'tool_calls' },
  { type: 'usage', promptTokens: 1 },
  { type: 'usage', promptTokens: 1, completionTokens: 0, cachedTokens: '1' },
  { type: 'other' },
])('%j is none', (item) => {
  expect(isGenerationEvent(item)).toBe(false);
});
