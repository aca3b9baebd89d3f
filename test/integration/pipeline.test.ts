// The example with a pipeline, over real sockets: it answers as minilm does, and costs nothing where it is not used.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, modelsDir, serve, type TestServer } from '../support/serve.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const input = ['hello', 'A longer sentence, with punctuation and 3 numbers: 1, 2, 3.', 'Grüße aus Köln', 'word '.repeat(150)];

let server: TestServer;

beforeAll(async () => {
  server = await serve([`${root}/examples/pipeline`, `${modelsDir}/minilm`]);
});

afterAll(async () => {
  expect(await server.close()).toBe(true);
});

test('a pipeline gives the vectors and the counts of SentenceEncoder', async () => {
  const [pipeline, encoder] = await Promise.all(
    ['minilm-pipeline', 'minilm'].map(async (model) => {
      const reply = await server.post('/v1/embeddings', { model, input });
      expect(reply.status).toBe(200);
      return bodyOf(reply);
    }),
  );
  expect(pipeline.usage).toEqual(encoder.usage);
  // The same graph on the same ids; batches of another shape may differ in the last bits of a sum.
  for (const [index] of input.entries()) {
    expect(dot(pipeline.data[index].embedding, encoder.data[index].embedding)).toBeGreaterThan(0.9999);
  }
});

test('what the example does not serve is refused by name', async () => {
  const reply = await server.post('/v1/embeddings', { model: 'minilm-pipeline', input: [1, 2, 3] });
  expect(reply.status).toBe(400);
  expect((await bodyOf(reply)).error.param).toBe('input');
});

test('Transformers.js is loaded when a pipeline is opened, not when heddle/engines is imported', async () => {
  // In a process of its own, where importing the library is an error.
  const hooks = `export const resolve = (name, context, next) => {
    if (name === '@huggingface/transformers') throw new Error('asked for the library');
    return next(name, context);
  };`;
  const script = `import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
    const { Pipeline } = await import('heddle/engines');
    const native = { enter() {}, leave() {} };
    const error = await Pipeline.open({ dataDir: '.', threads: 1, native }, 'feature-extraction').catch((error) => error);
    process.stdout.write(error.message);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  expect(stdout).toBe('asked for the library');
});

/** Cosine of unit vectors. */
function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
