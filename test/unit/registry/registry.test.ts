import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LiveTable } from '../../../src/registry/live-table.ts';
import { readModelConfig } from '../../../src/registry/read-config.ts';
import { verifyWeights } from '../../../src/registry/verify-weights.ts';

async function inFolder<T>(files: Readonly<Record<string, string>>, look: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'heddle-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
    return await look(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('a short config gets every default', async () => {
  const config = await inFolder({ 'config.yaml': 'model_name: tiny' }, readModelConfig);
  expect(config).toMatchObject({
    model_class: 'model.ts',
    required: true,
    runtime: { max_queue: 256, timeout_ms: 60_000 },
    resources: { device: 'auto' },
  });
});

test('five mistakes in a config are told at once, the unknown key with its neighbour', async () => {
  const text = 'model_name: "no spaces"\nruntme: {}\nruntime: { max_queue: -1, timeout_ms: soon }\nresources: { threads: 0 }\n';
  const message = await inFolder({ 'config.yaml': text }, readModelConfig).catch((error: Error) => error.message);
  for (const part of [
    'model_name',
    'runtme: unknown key; did you mean "runtime"?',
    'runtime.max_queue',
    'runtime.timeout_ms',
    'resources.threads',
  ]) {
    expect(message).toContain(part);
  }
});

test('an altered, a truncated and a missing weight file are named with what was found', async () => {
  const weight = { path: 'w.bin', bytes: 5, sha256: '0'.repeat(64) };
  const problem = (files: Readonly<Record<string, string>>) =>
    inFolder(files, (dir) => verifyWeights(dir, [weight])).catch((error: Error) => error.message);
  expect(await problem({ 'w.bin': 'abcde' })).toContain(`w.bin: expected sha256 ${weight.sha256}, found 36bbe50ed96841d10443bcb670d6554f`);
  expect(await problem({ 'w.bin': 'abc' })).toBe('w.bin: expected 5 bytes, found 3');
  expect(await problem({})).toBe('w.bin: expected 5 bytes, found no file');
});

test('methods appear with a model and vanish with it', () => {
  const table = new LiveTable();
  table.add({ name: 'a', aliases: ['org/a:q4'], state: 'loading', methods: [] });
  expect(table.has('predict')).toBe(false);
  table.update('a', { methods: ['predict'] });
  expect(() => table.resolve('predict', 'a')).toThrow('still loading');
  table.update('a', { state: 'ready' });
  expect(table.resolve('predict', undefined).name).toBe('a');
  expect(table.resolve('predict', 'org/a:q4').name).toBe('a');
  table.add({ name: 'b', aliases: [], state: 'ready', methods: ['predict', 'messages'] });
  expect(() => table.resolve('predict', undefined)).toThrow('model: expected one of a, b');
  expect(() => table.resolve('messages', 'a')).toThrow('has no messages; models that have it: b');
  expect(() => table.resolve('predict', 'c')).toThrow('unknown name');
  table.update('b', { state: 'unloading' });
  expect(table.has('messages')).toBe(false);
});
