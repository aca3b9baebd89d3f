// What a class gets from its constructor, over the built package and a real thread.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bodyOf, serve } from '../support/serve.ts';

const dir = mkdtempSync(join(tmpdir(), 'heddle-context-'));
afterEach(() => rmSync(dir, { recursive: true }));

test('the data folder is absolute, however the model folder was named', async () => {
  const model = join(dir, 'teller');
  mkdirSync(model);
  writeFileSync(join(model, 'config.yaml'), 'model_name: teller\n');
  writeFileSync(
    join(model, 'model.ts'),
    `import type { ModelContext } from 'heddle';
     export default class Teller {
       readonly #context: ModelContext;
       constructor(context: ModelContext) { this.#context = context; }
       predict() { return { dataDir: this.#context.dataDir }; }
     }`,
  );
  const server = await serve([relative(process.cwd(), model)]);
  try {
    expect(await bodyOf(await server.post('/predict', {}))).toEqual({ dataDir: join(model, 'data') });
  } finally {
    await server.close();
  }
});
