// What decides where a text ends and which tokens it may hold, on the model that ships.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChatMessage, GenerationRequest } from '../../../src/contract/generation.ts';
import { stockBinding } from '../../../workers/onnx/stock-binding.ts';
import { ChoiceRun } from '../../../workers/text/choice-run.ts';
import { Decoder } from '../../../workers/text/decoder.ts';
import { dropOldest } from '../../../workers/text/drop-oldest.ts';
import { prefill } from '../../../workers/text/prefill.ts';
import type { TextGenerator } from '../../../workers/text/text-generator.ts';
import { openTokenizer } from '../../../workers/text/tokenizer.ts';
import { dataDir, eventsOf, free, native, openGenerator, textOf, threads } from './generation.ts';

let generator: TextGenerator;

beforeAll(async () => {
  generator = await openGenerator();
}, 60_000);

afterAll(() => generator?.close());

const endId = 2;
const question: GenerationRequest = {
  input: { kind: 'chat', messages: [{ role: 'user', content: 'What is the capital of France?' }], continueFinal: false },
  inputParam: 'messages',
  maxTokens: 16,
  temperature: 0,
};
const answer = 'The capital of France is Paris.';

test('a bias forces a token, or forbids it', async () => {
  const forced = await eventsOf(generator, { ...question, logitBias: new Map([[endId, 100]]) });
  expect(forced.at(-1)).toMatchObject({ completionTokens: 0 });
  const tokenizer = await openTokenizer(dataDir);
  const the = tokenizer.encode('The', { addSpecialTokens: false })[0] ?? 0;
  expect(textOf(await eventsOf(generator, { ...question, maxTokens: 1 }))).toBe('The');
  expect(textOf(await eventsOf(generator, { ...question, maxTokens: 1, logitBias: new Map([[the, -100]]) }))).not.toBe('The');
});

test('a bias outside the vocabulary is refused', async () => {
  await expect(eventsOf(generator, { ...question, logitBias: new Map([[49_152, 1]]) })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'logit_bias.49152',
  });
});

test('before the least length neither an end token nor a stop string ends the text', async () => {
  const short = await eventsOf(generator, question);
  expect(textOf(short)).toBe(answer);
  const long = await eventsOf(generator, { ...question, minTokens: 12, stop: ['capital'] });
  expect(textOf(long).startsWith(answer)).toBe(true);
  const last = long.at(-1);
  expect(last?.type === 'usage' ? last.completionTokens : 0).toBeGreaterThanOrEqual(12);
});

test('past end tokens the text goes on to its limit', async () => {
  const events = await eventsOf(generator, { ...question, ignoreEos: true });
  expect(events.slice(-2)).toMatchObject([
    { type: 'finish', reason: 'length' },
    { type: 'usage', completionTokens: 16 },
  ]);
});

test('a conversation that does not fit loses its oldest turns, if it may', async () => {
  const old = (content: string): ChatMessage[] => [
    { role: 'user', content },
    { role: 'assistant', content: 'Yes.' },
  ];
  const messages: readonly ChatMessage[] = [...old('word '.repeat(6000)), ...old('word '.repeat(2500)), { role: 'user', content: 'Hi' }];
  const request: GenerationRequest = { ...question, input: { kind: 'chat', messages, continueFinal: false }, maxTokens: 1 };
  await expect(eventsOf(generator, request)).rejects.toMatchObject({ code: 'context_length_exceeded' });
  const promptTokens = generator.countTokens({ input: { kind: 'chat', messages: messages.slice(2), continueFinal: false } });
  const reading = generator.generate({ ...request, dropOldest: true }, free);
  expect((await reading.next()).value).toEqual({ type: 'usage', promptTokens, completionTokens: 0 });
  await reading.return();
});

test('leading system messages and the last message stay, and a turn goes whole', () => {
  const roles = ['system', 'user', 'assistant', 'tool', 'user', 'assistant'] as const;
  const messages = roles.map((role, at): ChatMessage => ({ role, content: String(at) }));
  const kept = (most: number): string =>
    dropOldest(messages, (some) => some.length <= most)
      .map(({ content }) => content)
      .join('');
  expect([6, 5, 3, 2, 1].map(kept)).toEqual(['012345', '045', '045', '05', '05']);
});

test('a result of a tool stays with its call', () => {
  const calls = (id: string): ChatMessage => ({ role: 'assistant', content: id, toolCalls: [{ id, name: 'f', arguments: '{}' }] });
  const result = (id: string): ChatMessage => ({ role: 'tool', content: id.toUpperCase(), toolCallId: id });
  const user = (content: string): ChatMessage => ({ role: 'user', content });
  const kept = (messages: readonly ChatMessage[], most: number): string =>
    dropOldest(messages, (some) => some.length <= most)
      .map(({ content }) => content)
      .join('');
  // The last message answers a call of the turn before.
  expect([6, 5, 3, 1].map((most) => kept([user('0'), calls('a'), result('a'), user('1'), calls('b'), result('b')], most))).toEqual([
    '0aA1bB',
    '1bB',
    '1bB',
    'bB',
  ]);
  // A turn of the user between a call and its result, as blocks of one message come apart.
  expect([4, 3, 1].map((most) => kept([user('0'), calls('a'), user('1'), result('a')], most))).toEqual(['0a1A', 'a1A', 'a1A']);
});

test.each([
  [{ input: { kind: 'text', text: 'a' }, tools: [{ name: 'look' }] }, 'tools'],
  [{ echo: true }, 'echo'],
] as const)('what the engine cannot do is refused by name: %j', async (more, param) => {
  await expect(eventsOf(generator, { ...question, ...more })).rejects.toMatchObject({ code: 'unsupported_parameter', param });
});

test('a constraint decides what may be chosen and where the text ends', async () => {
  const tokenizer = await openTokenizer(dataDir);
  const decoder = await Decoder.open(stockBinding(native), `${dataDir}decoder.onnx`, { intraOpThreads: threads, contextTokens: 8192 });
  try {
    const allowed = [
      tokenizer.encode(' blue', { addSpecialTokens: false })[0] ?? 0,
      tokenizer.encode(' sky', { addSpecialTokens: false })[0] ?? 0,
    ];
    const accepted: number[] = [];
    let closed = 0;
    const constraint = {
      apply: (logits: Float32Array) => {
        const only = allowed[accepted.length] ?? endId;
        const kept = logits[only] ?? 0;
        logits.fill(Number.NEGATIVE_INFINITY);
        logits[only] = kept;
      },
      accept: (token: number) => void accepted.push(token),
      close: () => {
        closed += 1;
      },
    };
    const prompt = tokenizer.encode('The', { addSpecialTokens: false });
    const echo = { text: '', logprobs: undefined };
    const run = new ChoiceRun(
      {
        decoder,
        tokenizer,
        endIds: new Set([endId]),
        request: { ignoreEos: true },
        prompt,
        echo,
        limit: 9,
        rated: false,
        callPlace: 'nowhere',
      },
      { seed: 1, constraint },
    );
    const events = [];
    for await (const event of run.events(await prefill(decoder, prompt, 128, free), free)) events.push(event);
    expect(textOf(events)).toBe(' blue sky');
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect(accepted).toEqual(allowed);
    expect(closed).toBe(1);
  } finally {
    await decoder.close();
  }
});

test('what it can do is declared', () => {
  expect(generator.capabilities).toMatchObject({ contextTokens: 8192, maxOutputTokens: 8191, topLogprobs: 20, maxChoices: 8 });
});
