// An answer with embeddings is held to its form, whether its numbers are parsed or only looked at in their bytes.

import { expect, test } from 'vitest';
import { scanVectors } from '../../../../src/bench/requests/vector-scan.ts';
import { requestSource } from '../../../../src/bench/requests/request-source.ts';
import { readBy, requestOf, scenarioOf } from './scenario-of.ts';

const usage = { prompt_tokens: 7, total_tokens: 7 };
const first = [0.25, -1.5e-7, 0];
const second = [1, 2, 3];

function answerOf(vectors: readonly unknown[], more: object = {}): object {
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', data, model: 'embedding', usage, ...more };
}

async function read(body: unknown, { isThorough = true, dimensions = 3, texts = 2, cut = 9 } = {}): Promise<object> {
  const expected = dimensions === 0 ? {} : { expect: { dimensions } };
  const prompts = Array.from({ length: texts }, () => ({ text: 'hello' }));
  const request = await requestOf({ route: 'embeddings', ...expected }, { prompts, isThorough });
  const { pieces, ...verdict } = readBy(request.answer(), { body: typeof body === 'string' ? body : JSON.stringify(body), cut });
  // Nothing streams here.
  expect(pieces.every((count) => count === 0)).toBe(true);
  return verdict;
}

const base64 = (vector: readonly number[]): string => Buffer.from(Float32Array.from(vector).buffer).toString('base64');
const wrong = (reason: string): object => ({ outcome: 'wrong_answer', reason });

test.each([true, false])('a right answer is ok with its tokens (all numbers parsed: %s)', async (isThorough) => {
  const right = { outcome: 'ok', tokensIn: 7 };
  expect(await read(answerOf([first, second]), { isThorough })).toEqual(right);
  expect(await read(JSON.stringify(answerOf([first, second], { model: 'é "embedding": [x' }), null, 2), { isThorough })).toEqual(right);
  expect(await read(answerOf([first, second].map(base64)), { isThorough })).toEqual(right);
  expect(await read(answerOf([first, second], { usage: undefined }), { isThorough })).toEqual({ outcome: 'ok' });
});

const swapped = { data: [1, 0].map((index) => ({ index, embedding: first })) };

test.each<readonly [string, unknown]>([
  ['another count of vectors than of texts', answerOf([first])],
  ['another count of vectors than of texts', answerOf([first, second, second])],
  ['another dimension than expected', answerOf([first, [1, 2]])],
  ['another dimension than expected', answerOf([first, base64([1, 2])])],
  ['a vector of zeros', answerOf([first, [0, -0, 0e5]])],
  ['a vector of zeros', answerOf([base64([0, 0, 0]), base64(second)])],
  ['a vector with what is no finite number', answerOf([first, [1, null, 3]])],
  ['a vector with what is no finite number', answerOf([first, ['1', 2, 3]])],
  ['a vector with what is no finite number', answerOf([first, base64([1, Number.NaN, 3])])],
  ['a vector with what is no finite number', JSON.stringify(answerOf([first, second])).replace('[1,', '[NaN,')],
  ['a vector with what is no finite number', JSON.stringify(answerOf([first, second])).replace('[1,', '[-Infinity,')],
  ['vectors without their index, or out of order', swapped],
  ['vectors without their index, or out of order', { data: [first, second].map((embedding) => ({ embedding })) }],
  ['no vector in an entry', answerOf([first, []])],
  ['no vector in an entry', answerOf([first, base64(second).slice(4)])],
  ['no vector in an entry', answerOf([first, { 0: 1 }])],
  ['no list of data', { object: 'list' }],
  ['error body model_failed', { error: { code: 'model_failed', message: 'a secret' } }],
  ['malformed JSON', JSON.stringify(answerOf([first, second])).slice(0, -3)],
  ['an empty body', ''],
])('%s is wrong, seen either way', async (reason, body) => {
  expect(await read(body)).toMatchObject(wrong(reason));
  expect(await read(body, { isThorough: false })).toMatchObject(wrong(reason));
});

test('a number too large for its type is seen where all are parsed', async () => {
  const body = JSON.stringify(answerOf([first, second])).replace('[1,', '[1e999,');
  expect(await read(body)).toMatchObject(wrong('a vector with what is no finite number'));
});

test('how numbers are written is seen in the first answers of a step and in a share of the later ones', async () => {
  const source = requestSource(await scenarioOf([{ route: 'embeddings', expect: { dimensions: 3 } }]), '/');
  const body = JSON.stringify(answerOf([first])).replace('[0.25', '[0.2.5');
  const seen = Array.from({ length: 1_000 }, (_, index) => readBy(source(index).answer(), { body }).reason === 'malformed JSON');
  expect(seen.slice(0, 16).every(Boolean)).toBe(true);
  // A sixteenth of 984: 61.5 ± 5 deviations of 7.6.
  expect(Math.abs(seen.slice(16).filter(Boolean).length - 61.5)).toBeLessThan(38);
});

test('without a known dimension the first answer decides for all of its workload', async () => {
  const request = await requestOf({ route: 'embeddings' }, { isThorough: false });
  const verdicts = [first, second, [1, 2]].map((vector) => readBy(request.answer(), { body: JSON.stringify(answerOf([vector])) }));
  expect(verdicts.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'wrong_answer']);
});

test('another type than JSON is told', async () => {
  const request = await requestOf({ route: 'embeddings' });
  expect(readBy(request.answer(), { type: 'text/html', body: '<p>' })).toMatchObject(wrong('expected application/json, got text/html'));
});

test('the bytes tell lengths and all else but the numbers', () => {
  const { skeleton, lengths } = scanVectors(Buffer.from('{"a":[{"embedding" : [ 1.5, 2e-3 ],"b":"é"},{"embedding":[3]}]}')) ?? {
    lengths: [],
  };
  expect([skeleton === undefined ? skeleton : Buffer.from(skeleton, 'latin1').toString(), lengths]).toEqual([
    '{"a":[{"embedding" : [],"b":"é"},{"embedding":[]}]}',
    [2, 1],
  ]);
  for (const odd of ['[1,x]', '["1"]', '[[1]]', '[0,0]', '[1'])
    expect([odd, scanVectors(Buffer.from(`{"embedding":${odd}`))]).toEqual([odd, undefined]);
});
