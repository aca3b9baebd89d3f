// Model folders outside the package: TypeScript and JavaScript that import heddle by its name, and what is told of those that do not load.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bodyOf, serve, type TestServer } from '../support/serve.ts';

let dir: string;
let server: TestServer | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heddle-'));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(dir, { recursive: true });
});

/** Serves one folder with these files. */
async function serveFiles(files: Readonly<Record<string, string>>): Promise<TestServer> {
  const folder = join(dir, 'mine');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  server = await serve([folder]);
  return server;
}

const config = 'model_name: mine\nruntime: { load_retries: 0 }\n';

test('a TypeScript model imports heddle, its engines and files of its own', async () => {
  const { post } = await serveFiles({
    'config.yaml': config,
    'model.ts': `
      import { HttpError, type ModelContext, type ModelRequest } from 'heddle';
      import { SentenceEncoder } from 'heddle/engines';
      import { twice } from './twice.ts';
      interface Body { readonly n: number }
      export default class Mine {
        readonly #name: string;
        constructor(context: ModelContext) { this.#name = context.name; }
        predict(body: Body, request: ModelRequest): object {
          if (body.n < 0) throw new HttpError(422, 'expected n of at least 0') satisfies Error;
          return { name: this.#name, n: twice(body.n), engine: typeof SentenceEncoder.open, path: request.path };
        }
      }`,
    'twice.ts': 'export const twice = <N extends number>(n: N): number => n * 2;',
  });
  const reply = await post('/predict', { n: 21 });
  expect(await bodyOf(reply)).toEqual({ name: 'mine', n: 42, engine: 'function', path: '/predict' });
  expect((await post('/predict', { n: -1 })).status).toBe(422);
});

test('a JavaScript model is served too', async () => {
  const { post } = await serveFiles({
    'config.yaml': `${config}model_class: model.js\n`,
    'model.js': `
      import { HttpError } from 'heddle';
      export default class { predict(body) { return { body, error: HttpError.name }; } }`,
  });
  expect(await bodyOf(await post('/predict', [1]))).toEqual({ body: [1], error: 'HttpError' });
});

test("a field of the class's own schema reaches the class, whatever other servers mean by it", async () => {
  const { post } = await serveFiles({
    'config.yaml': `${config}model_class: model.js\n`,
    'model.js': `
      export default class {
        static schemas = { chatCompletions: { input: { properties: { options: { type: 'object' } } } } };
        *chatCompletions({ options }) {
          yield { type: 'text', text: JSON.stringify(options) };
          yield { type: 'finish', reason: 'stop' };
        }
      }`,
  });
  const body = { messages: [{ role: 'user', content: 'hi' }], options: { a: 1 } };
  const reply = await post('/v1/chat/completions', body);
  expect([reply.status, (await bodyOf(reply)).choices?.[0].message.content]).toEqual([200, '{"a":1}']);
  const refused = await post('/v1/chat/completions', { ...body, n_predict: 1 });
  expect([refused.status, (await bodyOf(refused)).error.param]).toEqual([400, 'n_predict']);
});

const broken: Readonly<Record<string, [source: string, told: readonly string[]]>> = {
  'a syntax error': ['export default class {\n  predict() {\n    const = 1;\n  }\n}\n', ['importing model.ts failed', 'model.ts:3: ']],
  'syntax that cannot be erased': [
    'export enum Kind { A }\nexport default class { predict() {} }\n',
    ['importing model.ts failed', 'model.ts:1: '],
  ],
  'a missing file': ["import './gone.ts';\nexport default class { predict() {} }\n", ['importing model.ts failed', 'gone.ts']],
  'a throw at the top': ["throw new Error('no weights here');\n", ['importing model.ts failed', 'no weights here']],
  'no default export': ['export class Mine { predict() {} }\n', ['expected model.ts to export a class by default, found undefined']],
  'no method': ['export default class { other() {} }\n', ['expected a class with at least one of predict']],
  'a constructor that throws': [
    "export default class { constructor() { throw new Error('too small'); } predict() {} }\n",
    ['the constructor failed: too small'],
  ],
  'a load that throws': ["export default class { load() { throw new Error('too big'); } predict() {} }\n", ['load failed: too big']],
};
for (const [what, [source, told]] of Object.entries(broken)) {
  test(`${what} fails the model with a reason that says where`, async () => {
    const { runtime } = await serveFiles({ 'config.yaml': config, 'model.ts': source });
    const view = runtime.model('mine');
    expect(view?.state).toBe('failed');
    for (const part of told) expect(view?.reason).toContain(part);
  });
}
