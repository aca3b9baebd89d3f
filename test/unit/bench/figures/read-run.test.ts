import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRun, readRun } from '../../../../src/bench/figures/read-run.ts';
import { anOverload, aRun, aStorm } from './a-run.ts';

const run = aRun({ overloads: [anOverload()], storms: [aStorm({ wasted_cpu_s: 1 })], capacity_per_s: 9 });

test('a run that was written is read as it was', () => {
  expect(parseRun(JSON.stringify(run), 'a.json')).toEqual(run);
});

test('a file is read, and one that is not there is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-run-'));
  try {
    const path = join(folder, 'a.json');
    await writeFile(path, JSON.stringify(run));
    expect(await readRun(path)).toEqual(run);
    await expect(readRun(join(folder, 'b.json'))).rejects.toThrow('b.json: expected a readable file, got ENOENT');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what is no JSON, and the lines of requests, are refused by what they are', () => {
  expect(() => parseRun('latency: 5', 'a.json')).toThrow('a.json: expected JSON, got something else');
  expect(() => parseRun('{"index":0}\n{"index":1}\n', 'a.json')).toThrow('a.json: expected the summary of a run, got JSON lines');
});

test('another format is refused by name', () => {
  const other = (format: unknown) => () => parseRun(JSON.stringify({ ...run, format }), 'a.json');
  expect(other('heddle-bench/2')).toThrow("expected the format 'heddle-bench/1' that heddle bench writes, got 'heddle-bench/2'");
  expect(other(7)).toThrow('got none');
  for (const text of ['null', '[]', '5', '{}']) expect(() => parseRun(text, 'a.json')).toThrow('got none');
});

test('missing and wrong figures are told by their place', () => {
  const { requests_per_s: _, ...step } = run.steps[0] ?? {};
  expect(() => parseRun(JSON.stringify({ ...run, steps: [step] }), 'a.json')).toThrow('a.json: steps[0].requests_per_s: missing');
  expect(() => parseRun(JSON.stringify({ ...run, capacity_per_s: 'many' }), 'a.json')).toThrow(/a\.json: capacity_per_s: .*got a string/);
});

test('keys of a later release are no problem', () => {
  expect(parseRun(JSON.stringify({ ...run, weather: 'fine' }), 'a.json')).toHaveProperty('weather', 'fine');
});
