// The encoder on the model that ships: its goldens, its limits, cancellation, and texts that do not disturb each other.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Cancellable } from '../../../src/contract/model.ts';
import { cancelError } from '../../../src/core/cancellation.ts';
import { SentenceEncoder } from '../../../workers/text/sentence-encoder.ts';
import { openTokenizer, type Tokenizer } from '../../../workers/text/tokenizer.ts';
import { CancellableCall } from '../../support/cancellable-call.ts';

interface Golden {
  readonly text: string;
  readonly ids: readonly number[];
  /** fp32 vector, little-endian in base64. */
  readonly embedding: string;
}

const dataDir = fileURLToPath(new URL('../../../models/minilm/data/', import.meta.url));
const goldenPath = new URL('../../golden/minilm.json', import.meta.url);
const goldens = (JSON.parse(readFileSync(goldenPath, 'utf8')) as { texts: readonly Golden[] }).texts; // test data of known shape
const maxTokens = 256;
const free: Cancellable = { signal: new AbortController().signal, cancelled: false, throwIfCancelled: () => undefined };

let encoder: SentenceEncoder;
let tokenizer: Tokenizer;
let runs = 0;

beforeAll(async () => {
  const enter = (): void => {
    runs += 1;
  };
  const unasked = (message: string) => expect.fail(`expected no log line, got ${message}`);
  const logger = { debug: unasked, info: unasked, warn: unasked, error: unasked };
  encoder = await SentenceEncoder.open({ dataDir, threads: 1, native: { enter, leave: () => undefined }, logger });
  tokenizer = await openTokenizer(dataDir);
});

beforeEach(() => {
  runs = 0;
});

afterAll(() => encoder?.close());

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (const [index, value] of (a ?? []).entries()) {
    const other = b?.[index] ?? Number.NaN;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  }
  return dot / Math.sqrt(aa * bb);
}

function largestDifference(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return Math.max(...(a ?? [Number.NaN]).map((value, index) => Math.abs(value - (b?.[index] ?? Number.NaN))));
}

const longText = 'many words '.repeat(400);

test('token ids are those of the reference tokenizer', () => {
  for (const { text, ids } of goldens) {
    const own = tokenizer.encode(text, { addSpecialTokens: true });
    // The reference cut its last text at 256 tokens, its end token kept.
    if (ids.length < maxTokens) expect(own).toEqual(ids);
    else expect(own.slice(0, maxTokens - 1)).toEqual(ids.slice(0, -1));
  }
});

test('vectors are near the fp32 reference and of unit length, also of the empty text and of one that is cut', async () => {
  const { vectors, usage } = await encoder.encode(
    goldens.map(({ text }) => text),
    free,
    { truncate: true },
  );
  expect(vectors.length).toBe(goldens.length);
  for (const [index, { embedding }] of goldens.entries()) {
    const reference = new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer);
    // The int8 weights cost 0.0053 at worst on these texts.
    expect(cosine(vectors[index], reference)).toBeGreaterThan(0.99);
    // float32 rounding of 384 squares.
    expect(Math.abs(Math.hypot(...(vectors[index] ?? [])) - 1)).toBeLessThan(1e-5);
  }
  expect(usage.promptTokens).toBe(goldens.reduce((sum, { ids }) => sum + ids.length, 0));
});

test('a text that is too long is refused with its index and token count', async () => {
  const count = tokenizer.encode(longText, { addSpecialTokens: true }).length;
  await expect(encoder.encode(['short', longText], free)).rejects.toMatchObject({
    code: 'context_length_exceeded',
    param: 'input[1]',
    message: `input[1]: expected at most 256 tokens, got ${count}; truncate: true cuts it`,
  });
  expect(runs).toBe(0);
});

test('a cut text keeps its end token', async () => {
  const ids = tokenizer.encode(longText, { addSpecialTokens: true });
  const cut = await encoder.encode([longText], free, { truncate: true });
  const byHand = await encoder.encode([[...ids.slice(0, maxTokens - 1), 102]], free);
  expect(cut.vectors).toEqual(byHand.vectors);
  expect(cut.usage.promptTokens).toBe(maxTokens);
});

test('the ids of a text give the vector of the text', async () => {
  for (const { text, ids } of goldens.slice(0, 6)) {
    expect((await encoder.encode([ids], free)).vectors).toEqual((await encoder.encode([text], free)).vectors);
  }
});

test('ids outside the vocabulary are refused', async () => {
  for (const id of [-1, 1.5, tokenizer.vocabSize]) {
    await expect(encoder.encode(['fine', [101, id, 102]], free)).rejects.toMatchObject({
      code: 'invalid_value',
      param: 'input[1][1]',
      message: `expected input[1][1] to be a token id from 0 to ${tokenizer.vocabSize - 1}, got ${id}`,
    });
  }
  const one = encoder.encode([[101, 102, tokenizer.vocabSize]], free, { paramOf: () => 'input' });
  await expect(one).rejects.toMatchObject({ param: 'input[2]' });
  expect((await encoder.encode([[tokenizer.vocabSize - 1]], free)).vectors.length).toBe(1);
});

test('only the size of the model itself is served', async () => {
  await expect(encoder.encode(['a'], free, { dimensions: 128 })).rejects.toMatchObject({ code: 'unsupported_value', param: 'dimensions' });
  await expect(encoder.encode(['a'], free, { dimensions: 385 })).rejects.toMatchObject({ code: 'invalid_value', param: 'dimensions' });
  expect((await encoder.encode(['a'], free, { dimensions: 384 })).vectors[0]?.length).toBe(384);
});

test('a vector is the same alone and among others', async () => {
  const texts = [
    'red',
    'a somewhat longer text about the colour red',
    longText.slice(0, 900),
    'blue',
    'ten more words to fill a row of some middle length',
  ];
  const together = await encoder.encode(texts, free);
  for (const [index, text] of texts.entries()) {
    const alone = await encoder.encode([text], free);
    // Padding and other rows change the order of float32 sums only: measured 1e-7.
    expect(largestDifference(together.vectors[index], alone.vectors[0])).toBeLessThan(1e-6);
  }
});

test('a cancelled call stops between two batches, and the next call is right', async () => {
  // Too long for company: one run each.
  const texts = Array.from({ length: 4 }, (_, index) => `${'word '.repeat(80)}${index}`);
  const expected = (await encoder.encode(['after'], free)).vectors;
  runs = 0;
  const cancelled: Cancellable = {
    ...free,
    throwIfCancelled: () => {
      if (runs === 2) throw cancelError('disconnect');
    },
  };
  await expect(encoder.encode(texts, cancelled)).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(runs).toBe(2);
  expect((await encoder.encode(['after'], free)).vectors).toEqual(expected);
});

test('other calls of the thread come in between two batches', async () => {
  const order: string[] = [];
  const long = encoder
    .encode(
      Array.from({ length: 3 }, () => 'word '.repeat(80)),
      free,
    )
    .then(() => order.push('long'));
  const short = encoder.encode(['short'], free).then(() => order.push('short'));
  await Promise.all([long, short]);
  expect(order).toEqual(['short', 'long']);
});

test('a call cancelled while its texts are tokenised runs none of them, and other calls come in between', async () => {
  const texts = Array.from({ length: 200 }, () => 'word '.repeat(80));
  runs = 0;
  const call = new CancellableCall();
  const long = encoder.encode(texts, call);
  // On the same thread: that it is heard at all before the long one is done means that it was let in.
  await encoder.encode(['short'], free);
  call.cancel();
  await expect(long).rejects.toMatchObject({ code: 'client_closed_request' });
  expect(runs).toBe(1);
});

test('a text far too long is refused by its characters, or cut before it is tokenised', async () => {
  const huge = 'word '.repeat(1_000_000);
  await expect(encoder.encode(['a', huge], free)).rejects.toMatchObject({
    code: 'context_length_exceeded',
    param: 'input[1]',
    message: 'input[1]: expected at most 256 tokens, got 5000000 characters; truncate: true cuts it',
  });
  const { vectors } = await encoder.encode([huge, 'word '.repeat(300)], free, { truncate: true });
  expect(vectors[0]).toEqual(vectors[1]);
});
