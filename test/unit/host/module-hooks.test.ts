import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { load } from '../../../workers/host/module-hooks.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heddle-hooks-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function loadText(text: string) {
  const file = join(dir, 'model.ts');
  await writeFile(file, text);
  const unasked = () => {
    throw new Error('expected the hook to load it');
  };
  return load(pathToFileURL(file).href, { conditions: [], format: null, importAssertions: {}, importAttributes: {} }, unasked);
}

test('types are gone and lines stay where they were', async () => {
  const { source, format } = await loadText('interface A {\n  b: 1;\n}\nexport const c: number = 2;\n');
  expect(format).toBe('module');
  expect(String(source).split('\n')[3]).toMatch(/^export const c\s+= 2;$/);
});

test('a mistake is a SyntaxError with its file and line', async () => {
  await expect(loadText('export default class {\n  predict( { return 1; }\n}\n')).rejects.toMatchObject({
    name: 'SyntaxError',
    message: expect.stringMatching(/model\.ts:2: Expected/),
  });
  await expect(loadText('enum A { B }')).rejects.toThrow('model.ts:1: TypeScript enum is not supported');
});
