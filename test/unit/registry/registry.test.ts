import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkReady, LiveTable } from '../../../src/registry/live-table.ts';
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

const inYaml = (text: string) =>
  inFolder({ 'config.yaml': text }, readModelConfig).catch((error: { code: string; message: string }) => [
    error.code,
    ...error.message.split('\n').slice(1),
  ]);

test('YAML that cannot be resolved is invalid_config with one line', async () => {
  const mistake = (text: string) => ['invalid_config', `  expected valid YAML, got ${text}`];
  expect(await inYaml('model_name: a\naliases: *secret')).toEqual(mistake('an alias without its anchor before it at line 2, column 10'));
  expect(await inYaml('model_name: !secret a')).toEqual(mistake('tag resolve failed at line 1, column 13'));
  expect(await inYaml('model_name: a\nmodel_name: b')).toEqual(mistake('duplicate key at line 2, column 1'));
  const billion = 'a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c]';
  expect(await inYaml(billion)).toEqual(mistake('more aliases than are followed'));
});

test('every name that a model has twice is told', async () => {
  expect(await inYaml('model_name: a\naliases: [b, a, b, c, b]')).toEqual([
    'invalid_config',
    '  aliases[1]: expected another name than model_name, got "a" again',
    '  aliases[2]: expected different names, got "b" of aliases[0] again',
    '  aliases[4]: expected different names, got "b" of aliases[0] again',
  ]);
});

test('a weight file may be a link inside its folder and not one out of it', async () => {
  const sha256 = '36bbe50ed96841d10443bcb670d6554f0a34b761be67ec9c4a8ad2c0c44ca42c';
  await inFolder({ 'outside.bin': 'abcde' }, async (parent) => {
    const dir = join(parent, 'model');
    await mkdir(dir);
    await writeFile(join(dir, 'real.bin'), 'abcde');
    await symlink(join(dir, 'real.bin'), join(dir, 'inside.bin'));
    await symlink(join(parent, 'outside.bin'), join(dir, 'out.bin'));
    await symlink(parent, join(dir, 'up'));
    await symlink(dir, join(parent, 'alias'));
    const verify = (path: string, from = dir) => verifyWeights(from, [{ path, bytes: 5, sha256 }]);
    await verify('inside.bin');
    await verify('inside.bin', join(parent, 'alias'));
    for (const path of ['out.bin', 'up/outside.bin']) {
      await expect(verify(path)).rejects.toMatchObject({
        code: 'weight_mismatch',
        message: `${path}: expected a file inside the model folder, found a link out of it`,
      });
    }
    await expect(verify('../outside.bin')).rejects.toThrow('expected a path inside the model folder');
    await expect(verify('.')).rejects.toThrow('found no file');
  });
});

test('methods appear with a model and vanish with it', () => {
  const table = new LiveTable();
  const a = table.add({ name: 'a', aliases: ['org/a:q4'], state: 'loading', methods: [] });
  expect(table.has('predict')).toBe(false);
  a.update({ methods: ['predict'] });
  expect(() => checkReady(table.resolve('predict', 'a'))).toThrow('still loading');
  a.update({ state: 'ready' });
  expect(table.resolve('predict', undefined).name).toBe('a');
  expect(table.resolve('predict', 'org/a:q4').name).toBe('a');
  const b = table.add({ name: 'b', aliases: [], state: 'ready', methods: ['predict', 'messages'] });
  expect(() => table.resolve('predict', undefined)).toThrow('model: expected one of a, b');
  expect(() => table.resolve('messages', 'a')).toThrow('has no messages; models that have it: b');
  expect(() => table.resolve('predict', 'c')).toThrow('expected one of the models a, b, got the unknown name "c"');
  expect(() => table.resolve('embeddings', 'a')).toThrow('the model a has no embeddings; models that have it: none');
  expect(() => table.resolve('embeddings', 'c')).toThrow('of which none has the method embeddings, got the unknown name "c"');
  b.update({ state: 'unloading' });
  expect(table.has('messages')).toBe(false);
});

test('an unknown name is repeated short and on one line, and few of many models are listed', () => {
  const table = new LiveTable();
  for (let count = 1; count <= 12; count += 1) table.add({ name: `m${count}`, aliases: [], state: 'ready', methods: ['predict'] });
  const models = 'm1, m2, m3, m4, m5, m6, m7, m8, m9, m10, and 2 more';
  expect(() => table.resolve('predict', 'a\n"b')).toThrow(`expected one of the models ${models}, got the unknown name "a\\n\\"b"`);
  expect(() => table.resolve('predict', 'x'.repeat(5000))).toThrow(`got the unknown name "${'x'.repeat(128)}…"`);
  expect(() => table.resolve('predict', undefined)).toThrow(`expected one of ${models}, got nothing`);
});

test('a model whose methods are not known answers with its state', () => {
  const table = new LiveTable();
  const a = table.add({ name: 'a', aliases: [], state: 'loading', methods: [] });
  expect(() => table.resolve('predict', 'a')).toThrow('still loading');
  a.update({ methods: ['predict'] });
  expect(() => table.resolve('messages', 'a')).toThrow('the model a has no messages; models that have it: none');
  a.update({ state: 'failed' });
  expect(() => table.resolve('messages', 'a')).toThrow('the model a failed to load');
  expect(() => checkReady(table.resolve('predict', 'a'))).toThrow('the model a failed to load');
  expect(table.has('predict')).toBe(false);
});

test('a row changes its own model alone, not a later one of the same name', () => {
  const table = new LiveTable();
  const first = table.add({ name: 'a', aliases: [], state: 'loading', methods: [] });
  first.update({ state: 'unloading' });
  first.remove();
  const second = table.add({ name: 'a', aliases: [], state: 'loading', methods: [] });
  first.update({ methods: ['predict'] });
  first.remove();
  expect(table.get('a')).toBe(second.entry);
  expect(table.has('predict')).toBe(false);
  expect(first.entry.state).toBe('unloading');
});
