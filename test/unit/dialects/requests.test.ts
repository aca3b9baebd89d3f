import { expect, test } from 'vitest';
import { messagesToChat } from '../../../src/dialects/adapters/messages-to-chat.ts';
import { responsesToChat } from '../../../src/dialects/adapters/responses-to-chat.ts';
import { chatToGeneration } from '../../../src/dialects/openai/chat-request.ts';
import { completionToGeneration } from '../../../src/dialects/openai/completions-request.ts';

test('chat joins leading system messages, reads parts and prefers max_completion_tokens', () => {
  const request = chatToGeneration({
    messages: [
      { role: 'system', content: 'a' },
      { role: 'developer', content: [{ type: 'text', text: 'b' }] },
      { role: 'user', content: 'c' },
    ],
    max_tokens: 5,
    max_completion_tokens: 7,
    stop: 'x',
    seed: 4,
    top_k: 3,
    min_p: 0.1,
    repetition_penalty: 1.1,
  });
  expect(request).toEqual({
    input: {
      kind: 'chat',
      messages: [
        { role: 'system', content: 'a\n\nb' },
        { role: 'user', content: 'c' },
      ],
      continueFinal: false,
    },
    inputParam: 'messages',
    maxTokens: 7,
    stop: ['x'],
    seed: 4,
    topK: 3,
    minP: 0.1,
    repetitionPenalty: 1.1,
  });
});

test('top_k -1 asks a generator for what 0 asks', () => {
  const messages = [{ role: 'user' as const, content: 'a' }];
  expect(chatToGeneration({ messages, top_k: -1 }).topK).toBe(0);
  expect(chatToGeneration(messagesToChat({ messages, max_tokens: 1, top_k: -1 })).topK).toBe(0);
});

test('a trailing assistant message is continued', () => {
  const { input } = chatToGeneration({
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ],
  });
  expect(input).toMatchObject({ continueFinal: true });
});

test('completions generate 16 tokens unless told, from text or tokens', () => {
  expect(completionToGeneration({ prompt: 'a' })).toEqual({ input: { kind: 'text', text: 'a' }, inputParam: 'prompt', maxTokens: 16 });
  expect(completionToGeneration({ prompt: [1, 2], max_tokens: 3 })).toMatchObject({ input: { kind: 'tokens', ids: [1, 2] }, maxTokens: 3 });
  expect(completionToGeneration({ prompt: [[1, 2]] })).toMatchObject({ input: { kind: 'tokens', ids: [1, 2] } });
});

test('responses take items without a type, and instructions lead', () => {
  const request = chatToGeneration(
    responsesToChat({
      instructions: 'be brief',
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'a' }] }],
      max_output_tokens: 9,
    }),
  );
  expect(request).toMatchObject({
    input: {
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'a' },
      ],
      continueFinal: false,
    },
    maxTokens: 9,
  });
});

test('messages merge neighbours of one role and drop thinking', () => {
  const request = chatToGeneration(
    messagesToChat({
      max_tokens: 8,
      system: [{ type: 'text', text: 's' }],
      stop_sequences: ['z'],
      messages: [
        { role: 'user', content: 'a' },
        { role: 'user', content: [{ type: 'thinking' }, { type: 'text', text: 'b' }] },
      ],
    }),
  );
  expect(request).toMatchObject({
    input: {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'a\nb' },
      ],
    },
    maxTokens: 8,
    stop: ['z'],
  });
});
