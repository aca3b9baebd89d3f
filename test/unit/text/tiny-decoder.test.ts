// The decoder on graphs in each layout it serves, against plain arithmetic, and on graphs that are none.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stockBinding } from '../../../workers/onnx/stock-binding.ts';
import { Decoder } from '../../../workers/text/decoder.ts';
import { model, node, port, productModel } from '../../support/tiny-onnx.ts';
import { referenceLogits, type TinyDecoderOptions, tinyDecoder, vocabulary } from './tiny-decoder.ts';

// float32 sums of at most 100 products of numbers near 1.
const tolerance = 1e-4;
const contextTokens = 100;
const binding = stockBinding({ enter: () => undefined, leave: () => undefined });

let dir: string;
let decoder: Decoder | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heddle-'));
});

afterEach(async () => {
  await decoder?.close();
  decoder = undefined;
  await rm(dir, { recursive: true });
});

async function open(bytes: Uint8Array): Promise<Decoder> {
  const path = join(dir, 'decoder.onnx');
  await writeFile(path, bytes);
  decoder = await Decoder.open(binding, path, { intraOpThreads: 1, contextTokens });
  return decoder;
}

function expectLogits(logits: Float32Array, ids: readonly number[], positions: boolean): void {
  const expected = referenceLogits(ids, positions);
  expect(logits.length).toBe(vocabulary);
  for (const [index, value] of expected.entries()) expect(Math.abs((logits[index] ?? Number.NaN) - value)).toBeLessThan(tolerance);
}

const someIds = (count: number) => Array.from({ length: count }, (_, index) => (index * 7 + 3) % vocabulary);

for (const positions of [false, true]) {
  for (const keep of [false, true]) {
    const layout = `${positions ? 'with' : 'without'} position_ids, ${keep ? 'with' : 'without'} num_logits_to_keep`;

    test(`${layout}: a prompt, its chunks and single steps give the logits of plain arithmetic`, async () => {
      const opened = await open(tinyDecoder({ positions, keep }));
      const sequence = opened.sequence();
      // Through the first growth of the cache, at 64 positions.
      const ids = someIds(70);
      const pieces = [ids.slice(0, 40), ids.slice(40, 62), ...ids.slice(62).map((id) => [id])];
      let done = 0;
      for (const piece of pieces) {
        const logits = await opened.append(sequence, piece);
        done += piece.length;
        expectLogits(logits, ids.slice(0, done), positions);
      }
      expect(sequence.length).toBe(70);
    });

    test(`${layout}: all rows of a piece are the logits after each of its tokens`, async () => {
      const opened = await open(tinyDecoder({ positions, keep }));
      const sequence = opened.sequence();
      const ids = someIds(9);
      await opened.append(sequence, ids.slice(0, 4));
      const rows = await opened.appendRows(sequence, ids.slice(4));
      expect(rows.length).toBe(5);
      for (const [row, logits] of rows.entries()) expectLogits(logits, ids.slice(0, 5 + row), positions);
    });
  }
}

test('a fork goes on by itself, through the growth of its cache, and leaves its origin as it was', async () => {
  const opened = await open(tinyDecoder());
  const origin = opened.sequence();
  const ids = someIds(63);
  await opened.append(origin, ids);
  const fork = origin.fork();
  for (const [index, id] of [1, 2, 3].entries())
    expectLogits(await opened.append(fork, [id]), [...ids, ...[1, 2, 3].slice(0, index + 1)], false);
  expectLogits(await opened.append(origin, [5]), [...ids, 5], false);
});

test('sequences of one decoder do not disturb each other', async () => {
  const opened = await open(tinyDecoder());
  const [a, b] = [opened.sequence(), opened.sequence()];
  await opened.append(a, [1, 2, 3]);
  await opened.append(b, [4, 5, 6, 7]);
  expectLogits(await opened.append(a, [8]), [1, 2, 3, 8], false);
  expectLogits(await opened.append(b, [9]), [4, 5, 6, 7, 9], false);
});

test('a sequence beyond the context is refused, and what it holds stays right', async () => {
  const opened = await open(tinyDecoder());
  const sequence = opened.sequence();
  const ids = someIds(contextTokens);
  await opened.append(sequence, ids.slice(0, -1));
  await expect(opened.append(sequence, [1, 2])).rejects.toThrow(`expected at most ${contextTokens} positions, got ${contextTokens + 1}`);
  expectLogits(await opened.append(sequence, ids.slice(-1)), ids, false);
});

test("logits stay the caller's after the next step", async () => {
  const opened = await open(tinyDecoder());
  const sequence = opened.sequence();
  const logits = await opened.append(sequence, [1]);
  await opened.append(sequence, [2]);
  expectLogits(logits, [1], false);
});

const onlyIds = model({
  nodes: [node('Identity', ['input_ids'], ['logits'])],
  inputs: [port('input_ids', 'int64', ['batch', 'sequence'])],
  outputs: [port('logits', 'int64', ['batch', 'sequence'])],
});

const refused: Readonly<Record<string, [graph: Uint8Array | TinyDecoderOptions, message: string]>> = {
  'a graph that is no decoder': [productModel(1, [1]), 'expected a graph input named input_ids, got none'],
  'a graph without a mask': [onlyIds, 'expected a graph input named attention_mask, got none'],
  'a graph without logits': [{ without: 'logits' }, 'expected a graph output named logits, got none'],
  'a graph without a cache': [{ without: 'past_key_values.0.key' }, 'expected a graph input named past_key_values.0.key, got none'],
  'a graph that keeps half of its cache': [{ without: 'present.0.value' }, 'expected a graph output named present.0.value, got none'],
  'a graph that wants something unknown': [{ extra: 'use_cache_branch' }, 'expected no graph input named use_cache_branch'],
  'a cache without fixed heads': [
    { cacheHeads: 'heads' },
    'expected cache inputs float32 [batch, heads, past, headDim] with fixed heads, got float32 [batch, heads, past, 8]',
  ],
  'a cache that grows by concatenation': [{ concat: true }, 'to extend its key/value cache in place (GroupQueryAttention)'],
};
for (const [what, [graph, message]] of Object.entries(refused)) {
  test(`${what} is refused by its port`, async () => {
    await expect(open(graph instanceof Uint8Array ? graph : tinyDecoder(graph))).rejects.toThrow(message);
  });
}
