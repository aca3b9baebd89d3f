import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../../src/contract/generation.ts';
import { foldCompletions } from '../../../support/fold-chunks.ts';
import { chunksOf, generated, token, wholeReply } from './replies.ts';

const route = 'completions';

const choices = (count: number): readonly GenerationEvent[] =>
  generated(
    ...Array.from({ length: count }, (_, choice): GenerationEvent => ({ type: 'text', text: `${choice}`, choice })),
    ...Array.from({ length: count }, (_, choice): GenerationEvent => ({ type: 'finish', reason: 'stop', choice })),
  );

const echoed = generated(
  { type: 'text', text: 'a', logprobs: [token('a', 0, null)] },
  { type: 'text', text: 'b', logprobs: [token('b', 1)] },
  { type: 'text', text: '', logprobs: [token('', 2)] },
  { type: 'finish', reason: 'length' },
);

test.each([
  ['one prompt', { prompt: 'a' }, choices(1)],
  ['token ids', { prompt: [1, 2] }, choices(1)],
  ['several prompts with several choices', { prompt: ['a', 'b'], n: 2 }, choices(4)],
  ['several lists of token ids', { prompt: [[1], [2], [3]] }, choices(3)],
  ['log probabilities of no token', { prompt: 'a', logprobs: 2 }, generated({ type: 'finish', reason: 'stop' })],
  ['log probabilities with echo', { prompt: 'a', echo: true, logprobs: 2 }, echoed],
  ['log probabilities nobody asked for', { prompt: 'a' }, echoed],
])('a stream folds to the whole reply: %s', async (_, body, events) => {
  const whole = await wholeReply(route, body, events);
  expect(whole['choices']).toHaveLength(new Set(events.flatMap((event) => ('choice' in event ? [event.choice] : [0]))).size);
  expect(foldCompletions(await chunksOf(route, body, events))).toEqual(whole['choices']);
});

test('log probabilities are four lists, and nothing tells of the first token of an echo', async () => {
  expect(await wholeReply(route, { prompt: 'a', echo: true, logprobs: 2 }, echoed)).toMatchObject({
    choices: [
      {
        text: 'ab',
        logprobs: {
          tokens: ['a', 'b', ''],
          token_logprobs: [null, -0.5, -0.5],
          top_logprobs: [null, { b: -0.5, zz: -9999 }, { '': -0.5, zz: -9999 }],
          text_offset: [0, 1, 2],
        },
      },
    ],
  });
});

test('usage ends a stream only when asked for', async () => {
  const chunks = await chunksOf(route, { prompt: 'a', stream_options: { include_usage: true } }, choices(1));
  expect(chunks.map((chunk) => chunk['usage'])).toEqual([null, null, expect.objectContaining({ total_tokens: 7 })]);
  expect(chunks.at(-1)).toMatchObject({ choices: [] });
  expect((await chunksOf(route, { prompt: 'a' }, choices(1))).some((chunk) => 'usage' in chunk)).toBe(false);
});

test('a call is refused, whole and streamed', async () => {
  const called = generated({ type: 'toolCall', call: 0, id: 'a', name: 'look', arguments: '{}' }, { type: 'finish', reason: 'toolCalls' });
  await expect(wholeReply(route, { prompt: 'a' }, called)).rejects.toMatchObject({ code: 'invalid_result' });
  await expect(chunksOf(route, { prompt: 'a' }, called)).rejects.toMatchObject({ code: 'invalid_result' });
});
