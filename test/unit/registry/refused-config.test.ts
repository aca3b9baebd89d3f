import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelConfig } from '../../../src/registry/read-config.ts';
import { readRefusedConfig, refusalOf } from '../../../src/registry/refused-config.ts';

/** What is left of the configuration in a folder named `folder`, and why it was refused. */
async function refused(text: string) {
  const above = await mkdtemp(join(tmpdir(), 'heddle-refused-'));
  const dir = join(above, 'folder');
  await mkdir(dir);
  await writeFile(join(dir, 'config.yaml'), text);
  const error: unknown = await readModelConfig(dir).catch((thrown: unknown) => thrown);
  const left = await readRefusedConfig(dir);
  await rm(above, { recursive: true });
  return { ...left, why: refusalOf(dir, error) };
}

test('a refused configuration keeps its name and what it says of readiness', async () => {
  expect(await refused('model_name: own\nrequired: false\nruntme: {}\n')).toEqual({
    names: ['own', 'folder'],
    required: false,
    why: 'config.yaml: runtme: unknown key; did you mean "runtime"?',
  });
});

test('a name that cannot be one, or be read, leaves that of the folder', async () => {
  expect(await refused('model_name: no spaces\nrequired: maybe\n')).toMatchObject({ names: ['folder'], required: true });
  expect(await refused('model_name: folder\nruntme: {}\n')).toMatchObject({ names: ['folder'] });
  expect(await refused('model_name: [\n')).toMatchObject({ names: ['folder'], why: expect.stringMatching(/^config\.yaml: \S.* line \d/) });
  expect(await refused('just text')).toMatchObject({ names: ['folder'], why: expect.stringMatching(/^config\.yaml: the file: /) });
});

test('a reason has neither the path of the folder nor more than one line', () => {
  const dir = 'some/where';
  expect(refusalOf(dir, new Error('some/where/config.yaml:\n  one\n  two'))).toBe('config.yaml: one; two');
  expect(refusalOf(dir, new Error('some/where: the name "a" belongs to a loaded model already'))).toBe(
    'the name "a" belongs to a loaded model already',
  );
});
