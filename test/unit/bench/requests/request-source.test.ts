// The requests of a step are made from the scenario and their place alone.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { requestSource } from '../../../../src/bench/requests/request-source.ts';
import { words } from '../../../../src/bench/requests/words.ts';
import { scenarioOf } from './scenario-of.ts';

const dir = mkdtempSync(join(tmpdir(), 'source-'));
afterAll(() => rmSync(dir, { recursive: true }));

const mixed = [
  {
    route: 'chat',
    weight: 3,
    max_tokens: { uniform: { min: 1, max: 9 } },
    source: { random: { words: { uniform: { min: 1, max: 40 } } } },
  },
  { route: 'embeddings', weight: 1, texts_per_request: { uniform: { min: 1, max: 4 } } },
];
const places = Array.from({ length: 400 }, (_, index) => index);

async function bodies(workloads: readonly object[], { seed = 1, salt = 0, order = places } = {}): Promise<string[]> {
  const source = requestSource(await scenarioOf(workloads, { seed }, dir), dir, salt);
  return order.map((index) => source(index).body);
}

async function texts(source: object, count: number, more: object = {}, salt = 0): Promise<string[]> {
  const requests = requestSource(await scenarioOf([{ route: 'embeddings', source, ...more }], {}, dir), dir, salt);
  return places.slice(0, count).flatMap((index) => (JSON.parse(requests(index).body) as { input: string | string[] }).input); // own body
}

test('the same place has the same request, in whatever order and on whichever thread it is asked for', async () => {
  const forward = await bodies(mixed);
  expect(await bodies(mixed)).toEqual(forward);
  expect(await bodies(mixed, { order: places.toReversed() })).toEqual(forward.toReversed());
});

test('another seed or salt has other requests, and no two places share one', async () => {
  const all = await Promise.all(
    [{}, { seed: 2 }, { salt: 1 }, { salt: 2 }, { seed: 2, salt: 1 }].map((options) => bodies([{ route: 'chat' }], options)),
  );
  expect(new Set(all.flat()).size).toBe(all.length * places.length);
});

test('workloads are picked by their weight', async () => {
  const source = requestSource(await scenarioOf(mixed), dir);
  const chats = places.filter((index) => source(index).route === 'chat').length;
  // 300 of 400 ± 5 deviations of 8.7.
  expect(Math.abs(chats - 300)).toBeLessThan(44);
});

test('a request has its workload, path, headers, model and items', async () => {
  const scenario = await scenarioOf([{ route: 'embeddings', name: 'short', model: 'minilm', path: '/embed', texts_per_request: 3 }]);
  expect(requestSource(scenario, dir)(0)).toMatchObject({
    workload: 'short',
    route: 'embeddings',
    model: 'minilm',
    path: '/embed',
    headers: { 'content-type': 'application/json' },
    items: 3,
  });
});

test('made-up texts have as many known words as were asked for', async () => {
  const made = await texts({ random: { words: 12 } }, 20);
  for (const text of made) expect(text.split(' ').map((word) => words.includes(word))).toEqual(Array.from({ length: 12 }, () => true));
  expect(new Set(made).size).toBe(20);
});

test('the words are many, and different', () => {
  expect(words.length).toBeGreaterThan(500);
  expect(new Set(words).size).toBe(words.length);
});

test('requests share as many beginnings as were asked for, and go on differently', async () => {
  const made = await texts({ random: { words: 4, shared_prefix_words: 30, prefixes: 3 } }, 60);
  const split = made.map((text) => text.split(' '));
  expect(new Set(split.map((list) => list.length))).toEqual(new Set([34]));
  expect(new Set(split.map((list) => list.slice(0, 30).join(' '))).size).toBe(3);
  expect(new Set(made).size).toBe(60);
});

test('another step has other beginnings', async () => {
  const source = { random: { words: 1, shared_prefix_words: 30 } };
  const [one, other] = await Promise.all([texts(source, 1), texts(source, 1, {}, 1)]);
  expect(one[0]?.split(' ').slice(0, 30)).not.toEqual(other[0]?.split(' ').slice(0, 30));
});

test('fixed texts come in their order, each once before any comes again', async () => {
  const source = { texts: ['a', 'b', 'c', 'd', 'e'] };
  expect(await texts(source, 6)).toEqual(['a', 'b', 'c', 'd', 'e', 'a']);
  expect(await texts(source, 3, { texts_per_request: 2 })).toEqual(['a', 'b', 'c', 'd', 'e', 'a']);
  expect((await texts(source, 5, {}, 1)).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect((await texts(source, 1, {}, 1))[0]).not.toBe('a');
});

test('requests of different lengths draw their texts', async () => {
  const made = await texts({ texts: ['a', 'b'] }, 100, { texts_per_request: { uniform: { min: 1, max: 3 } } });
  expect(new Set(made)).toEqual(new Set(['a', 'b']));
  expect(made.length).toBeGreaterThan(100);
});

test('a file is found beside its scenario', async () => {
  writeFileSync(join(dir, 'texts.jsonl'), '{"prompt":"from a file"}\n');
  expect(await texts({ file: 'texts.jsonl' }, 1)).toEqual(['from a file']);
});

test('a file that cannot be used ends the making of the source', async () => {
  writeFileSync(join(dir, 'bad.jsonl'), '{"prompt":"a"}\n{');
  const scenario = await scenarioOf([{ route: 'embeddings', source: { file: 'bad.jsonl' } }], {}, dir);
  expect(() => requestSource(scenario, dir)).toThrow('bad.jsonl:2: expected JSON');
});
