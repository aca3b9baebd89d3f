// The encoder on graphs that leave the pooling to it, against plain arithmetic.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cancellable } from '../../../src/contract/model.ts';
import { SentenceEncoder, type SentenceEncoderOptions } from '../../../workers/text/sentence-encoder.ts';
import { hiddenState, type TinyEncoderOptions, width, words, writeTinyEncoder } from './tiny-encoder.ts';

const free: Cancellable = { signal: new AbortController().signal, cancelled: false, throwIfCancelled: () => undefined };
// float32 sums of four products of numbers below 1.
const tolerance = 1e-6;

let dataDir: string;
let warnings: string[];
let runs: number;
let encoder: SentenceEncoder | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'heddle-'));
  warnings = [];
});

afterEach(async () => {
  await encoder?.close();
  encoder = undefined;
  await rm(dataDir, { recursive: true });
});

/** Opens what is in `dataDir`, after writing it where `files` are given. */
async function open(files?: TinyEncoderOptions, options: SentenceEncoderOptions = {}): Promise<SentenceEncoder> {
  if (files !== undefined) await writeTinyEncoder(dataDir, files);
  const unasked = (message: string) => expect.fail(`expected no such log line, got ${message}`);
  const logger = { debug: unasked, info: unasked, error: unasked, warn: (message: string) => void warnings.push(message) };
  const enter = (): void => {
    runs += 1;
  };
  const native = { enter, leave: () => undefined };
  encoder = await SentenceEncoder.open({ dataDir, threads: 1, native, logger }, options);
  runs = 0;
  return encoder;
}

function idsOf(text: string): number[] {
  return text.split(' ').map((word) => words.indexOf(word));
}

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function expectClose(vector: Float32Array | undefined, expected: readonly number[]): void {
  expect(vector?.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(Math.abs((vector?.[index] ?? Number.NaN) - value)).toBeLessThan(tolerance);
}

const mean = (states: readonly number[][]) =>
  Array.from({ length: width }, (_, i) => states.reduce((sum, state) => sum + (state[i] ?? 0), 0) / states.length);
const poolings: Readonly<Record<string, [pooling: object | undefined, of: (states: readonly number[][]) => readonly number[]]>> = {
  mean: [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }, mean],
  cls: [{ pooling_mode_mean_tokens: false, pooling_mode_cls_token: true }, (states) => states[0] ?? []],
  last: [{ pooling_mode_lasttoken: true }, (states) => states.at(-1) ?? []],
  'no config, so mean': [undefined, mean],
};

for (const [name, [pooling, pool]] of Object.entries(poolings)) {
  test(`${name}: vectors of a batch are pooled over real tokens and of unit length`, async () => {
    const opened = await open(pooling === undefined ? {} : { pooling });
    const texts = ['deep dark blue', 'red', 'light green', 'blue blue blue blue blue'];
    const { vectors, usage } = await opened.encode(texts, free);
    expect(runs).toBe(1);
    for (const [index, text] of texts.entries()) expectClose(vectors[index], unit([...pool(idsOf(text).map(hiddenState))]));
    expect(usage.promptTokens).toBe(11);
  });
}

test('token types are given to a graph that takes them', async () => {
  const opened = await open({ tokenTypes: true });
  const { vectors } = await opened.encode(['red'], free);
  expectClose(vectors[0], unit(hiddenState(1)));
});

test('a length in the files bounds the tokens, the truncation of the tokenizer does not', async () => {
  const opened = await open({ maxTokens: 3 });
  expect((await opened.encode(['red green blue'], free)).usage.promptTokens).toBe(3);
  await expect(opened.encode(['red green blue', 'red green blue dark'], free)).rejects.toMatchObject({
    code: 'context_length_exceeded',
    param: 'input[1]',
    message: 'input[1]: expected at most 3 tokens, got 4; truncate: true cuts it',
  });
  expect(runs).toBe(1);
});

test('a cut text without an end token is its beginning', async () => {
  const opened = await open({ maxTokens: 2, pooling: { pooling_mode_lasttoken: true } });
  const { vectors } = await opened.encode(['red green blue', [1, 2, 3]], free, { truncate: true });
  for (const vector of vectors) expectClose(vector, unit(hiddenState(2)));
});

test('an input without tokens is refused', async () => {
  const opened = await open({});
  for (const nothing of ['', []]) {
    await expect(opened.encode(['red', nothing], free)).rejects.toMatchObject({ code: 'invalid_value', param: 'input[1]' });
  }
});

test('texts are split into batches by the budget', async () => {
  const opened = await open({}, { maxBatchTokens: 2 });
  await opened.encode(['red', 'green', 'blue', 'dark', 'light'], free);
  expect(runs).toBe(3);
});

test('a graph whose rows see each other is warned of once, and runs one text at a time', async () => {
  const opened = await open({ coupled: true });
  expect(warnings).toEqual([expect.stringContaining('one scale per tensor')]);
  const texts = ['deep dark blue', 'red', 'light green'];
  const { vectors } = await opened.encode(texts, free);
  expect(runs).toBe(texts.length);
  for (const [index, text] of texts.entries()) {
    const alone = await opened.encode([text], free);
    expect(vectors[index]).toEqual(alone.vectors[0]);
  }
  expect(warnings.length).toBe(1);
});

test('a name that sounds like such an operator changes nothing', async () => {
  const opened = await open({ misleadingName: true });
  await opened.encode(['red', 'green'], free);
  expect(warnings).toEqual([]);
  expect(runs).toBe(1);
});

test('a settings file that is no JSON is named', async () => {
  await writeTinyEncoder(dataDir);
  for (const file of ['tokenizer.json', 'sentence_bert_config.json', '1_Pooling/config.json']) {
    const path = join(dataDir, file);
    const before = await readFile(path, 'utf8').catch(() => '{}');
    await writeFile(path, '{ "cut off');
    await expect(open()).rejects.toThrow(`expected JSON in ${path}`);
    await writeFile(path, before);
  }
});

test('a missing graph is named', async () => {
  await expect(open({}, { file: 'other.onnx' })).rejects.toThrow(join(dataDir, 'other.onnx'));
});
