// Several texts of one request on the model that ships: each is what it would be alone.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerationRequest } from '../../../src/contract/generation.ts';
import { choiceSeed } from '../../../workers/text/prompt-run.ts';
import type { TextGenerator } from '../../../workers/text/text-generator.ts';
import { cancelledWhen, eventsOf, logprobsOf, openGenerator, textOf } from './generation.ts';

let generator: TextGenerator;

beforeAll(async () => {
  generator = await openGenerator();
}, 60_000);

afterAll(() => generator?.close());

const story: GenerationRequest = { input: { kind: 'text', text: 'Once upon a time' }, inputParam: 'prompt', maxTokens: 8, seed: 11 };

test('every choice is the text of a request of its own with the derived seed', async () => {
  const together = await eventsOf(generator, { ...story, choices: 3 });
  for (const choice of [0, 1, 2]) {
    const seed = choiceSeed(11, choice) ?? 0;
    expect(textOf(together, choice)).toBe(textOf(await eventsOf(generator, { ...story, seed })));
  }
  expect(new Set([0, 1, 2].map((choice) => textOf(together, choice))).size).toBe(3);
  expect(together.filter(({ type }) => type === 'finish').length).toBe(3);
});

test('choices of several prompts count through, and usage sums them', async () => {
  const prompts = ['Once upon a time', 'The capital of France is'];
  const events = await eventsOf(generator, {
    input: { kind: 'several', prompts: prompts.map((text) => ({ kind: 'text', text })) },
    inputParam: 'prompt',
    maxTokens: 3,
    choices: 2,
    ignoreEos: true,
    seed: 11,
  });
  const promptTokens = prompts.reduce((sum, text) => sum + generator.countTokens({ input: { kind: 'text', text } }), 0);
  expect(events.at(0)).toEqual({ type: 'usage', promptTokens, completionTokens: 0 });
  expect(events.at(-1)).toEqual({ type: 'usage', promptTokens, completionTokens: 12 });
  expect(events.flatMap((event) => (event.type === 'finish' ? [event.choice ?? 0] : []))).toEqual([0, 1, 2, 3]);
  const second = await eventsOf(generator, {
    ...story,
    input: { kind: 'text', text: 'The capital of France is' },
    maxTokens: 3,
    ignoreEos: true,
  });
  expect(textOf(events, 2)).toBe(textOf(second));
});

test('the likeliest of several are kept, best first, and all are counted', async () => {
  const all = await eventsOf(generator, { ...story, choices: 3, logprobs: 0, ignoreEos: true });
  const mean = (choice: number): number => {
    const entries = logprobsOf(all, choice);
    return entries.reduce((sum, { logprob }) => sum + (logprob ?? 0), 0) / entries.length;
  };
  const order = [0, 1, 2].sort((a, b) => mean(b) - mean(a));
  const kept = await eventsOf(generator, { ...story, choices: 2, bestOf: 3, ignoreEos: true });
  expect([0, 1].map((choice) => textOf(kept, choice))).toEqual(order.slice(0, 2).map((choice) => textOf(all, choice)));
  expect(kept.filter(({ type }) => type === 'finish').length).toBe(2);
  expect(kept.at(-1)).toMatchObject({ completionTokens: 24 });
});

test('a call cancelled after one choice starts no other, and gives its turn back', async () => {
  let finished = 0;
  const call = cancelledWhen(() => finished > 0);
  const reading = (async () => {
    for await (const event of generator.generate({ ...story, choices: 3 }, call)) if (event.type === 'finish') finished += 1;
  })();
  await expect(reading).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(finished).toBe(1);
  expect((await eventsOf(generator, { ...story, maxTokens: 1 })).at(-1)).toMatchObject({ type: 'usage' });
});
