// Log probabilities and echoes on the model that ships, against its graph run token by token.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerationRequest } from '../../../src/contract/generation.ts';
import { stockBinding } from '../../../workers/onnx/stock-binding.ts';
import { Decoder } from '../../../workers/text/decoder.ts';
import { LogProbabilities } from '../../../workers/text/log-probabilities.ts';
import type { TextGenerator } from '../../../workers/text/text-generator.ts';
import { openTokenizer, type Tokenizer } from '../../../workers/text/tokenizer.ts';
import { cancelledWhen, dataDir, eventsOf, logprobsOf, native, openGenerator, textOf, threads } from './generation.ts';

let generator: TextGenerator;
let decoder: Decoder;
let tokenizer: Tokenizer;

beforeAll(async () => {
  generator = await openGenerator();
  decoder = await Decoder.open(stockBinding(native), `${dataDir}decoder.onnx`, { intraOpThreads: threads, contextTokens: 8192 });
  tokenizer = await openTokenizer(dataDir);
}, 60_000);

afterAll(async () => {
  await generator?.close();
  await decoder?.close();
});

const text = 'The capital of France is';
const question: GenerationRequest = { input: { kind: 'text', text }, inputParam: 'prompt', maxTokens: 6, temperature: 0 };

test('probabilities of all tokens sum to one', () => {
  const logits = Float32Array.from([1, -3, 700, 699, 0]);
  const place = new LogProbabilities(logits);
  // float64 sums of five numbers.
  expect([0, 1, 2, 3, 4].reduce((sum, token) => sum + Math.exp(place.of(token)), 0)).toBeCloseTo(1, 10);
  expect(place.top(3)).toEqual([2, 3, 0]);
});

test('a greedy token is the best alternative, and every counted token has one entry', async () => {
  const events = await eventsOf(generator, { ...question, logprobs: 3 });
  const entries = logprobsOf(events);
  expect(events.at(-1)).toMatchObject({ completionTokens: entries.length });
  for (const entry of entries) {
    expect(entry.top.map(({ id }) => id)[0]).toBe(entry.id);
    expect(entry.top[0]?.logprob).toBe(entry.logprob);
    expect(entry.top.length).toBe(3);
    expect(entry.top.map(({ logprob }) => logprob ?? 0)).toEqual(entry.top.map(({ logprob }) => logprob ?? 0).sort((a, b) => b - a));
  }
  expect(entries.map(({ token }) => token).join('')).toBe(textOf(events));
  expect(entries.map(({ offset }) => offset)).toEqual(
    entries.map(
      (_, index) =>
        entries
          .slice(0, index)
          .map(({ token }) => token)
          .join('').length,
    ),
  );
});

test('bias and penalties change what is chosen, not how likely the model found it', async () => {
  const plain = logprobsOf(await eventsOf(generator, { ...question, maxTokens: 1, logprobs: 2 }))[0];
  const second = plain?.top[1];
  const bias = new Map([[second?.id ?? 0, 100]]);
  const forced = logprobsOf(await eventsOf(generator, { ...question, maxTokens: 1, logprobs: 2, logitBias: bias, presencePenalty: 1 }))[0];
  expect(forced?.id).toBe(second?.id);
  expect(forced?.logprob).toBe(second?.logprob);
  expect(forced?.top).toEqual(plain?.top);
});

test('tokens of a stop string have no log probabilities, and count in the usage', async () => {
  const events = await eventsOf(generator, { ...question, logprobs: 0, stop: [' Paris'] });
  expect(events.slice(1)).toMatchObject([
    { type: 'finish', reason: 'stop', stopSequence: ' Paris' },
    { type: 'usage', completionTokens: 1 },
  ]);
});

test('an echo is the prompt and then the answer, as likely as single steps find it', async () => {
  const long = `${text} Paris. The capital of Spain is Madrid. The capital of Italy is`;
  const ids = tokenizer.encode(long, { addSpecialTokens: true });
  const events = await eventsOf(generator, { ...question, input: { kind: 'text', text: long }, echo: true, logprobs: 1, maxTokens: 2 });
  expect(events[1]).toMatchObject({ type: 'text', text: long });
  const entries = logprobsOf(events);
  expect(entries.slice(0, ids.length).map(({ id }) => id)).toEqual(ids);
  expect(entries.length).toBe(ids.length + 2);
  expect(entries[0]).toMatchObject({ logprob: null, top: [] });
  for (const { token, offset } of entries) expect(textOf(events).startsWith(token, offset)).toBe(true);
  const sequence = decoder.sequence();
  let before: LogProbabilities | undefined;
  for (const entry of entries) {
    // Sums of a chunk are ordered otherwise; int8 rounding then moves a logit a little, by up to 0.5.
    if (before !== undefined) expect(Math.abs(before.of(entry.id) - (entry.logprob ?? Number.NaN))).toBeLessThan(0.5);
    before = new LogProbabilities(await decoder.append(sequence, [entry.id]));
  }
});

test('an echo of token ids alone generates nothing', async () => {
  const ids = tokenizer.encode('naïve 😀', { addSpecialTokens: false });
  const events = await eventsOf(generator, { input: { kind: 'tokens', ids }, inputParam: 'prompt', maxTokens: 0, echo: true, logprobs: 0 });
  expect(textOf(events)).toBe('naïve 😀');
  expect(logprobsOf(events).length).toBe(ids.length);
  expect(new TextDecoder().decode(Uint8Array.from(logprobsOf(events).flatMap(({ bytes }) => bytes)))).toBe('naïve 😀');
  expect(events.slice(-2)).toEqual([
    { type: 'finish', reason: 'length' },
    { type: 'usage', promptTokens: ids.length, completionTokens: 0 },
  ]);
});

test('a call cancelled while its echo is read stops between two chunks', async () => {
  const call = cancelledWhen((asked) => asked > 3);
  const request: GenerationRequest = { ...question, input: { kind: 'text', text: `${text} `.repeat(30) }, echo: true, logprobs: 0 };
  await expect(eventsOf(generator, request, call)).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(call.asked).toBe(4);
});

test('a special token is its text in bytes', () => {
  expect(tokenizer.piece(2)).toEqual({ text: '<|im_end|>', bytes: [...new TextEncoder().encode('<|im_end|>')] });
  expect(tokenizer.piece(49_152)).toEqual({ text: '', bytes: [] });
});
