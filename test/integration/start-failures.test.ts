// What can be wrong at start: each is one clear message, and everything else serves.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Command, type Ended } from '../support/command.ts';
import { bodyOf, modelsDir, serve } from '../support/serve.ts';

const weight = Buffer.from('sixty-four bytes of weights, as small as a file of weights gets.');
const weights = `weights: [{ path: data/weights.bin, bytes: ${weight.length}, sha256: ${createHash('sha256').update(weight).digest('hex')} }]\n`;
const flipped = Buffer.from(weight);
flipped[40] = (flipped[40] ?? 0) ^ 1;
const serves = 'export default class { predict() { return { ok: true }; } }\n';

interface Broken {
  readonly config?: string;
  readonly model?: string;
  readonly file?: Buffer;
  /** The reason it has to fail with. */
  readonly reason: RegExp;
}

const broken: Readonly<Record<string, Broken>> = {
  corrupt: { config: weights, file: flipped, reason: /^data\/weights\.bin: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}$/ },
  truncated: { config: weights, file: weight.subarray(0, 63), reason: /^data\/weights\.bin: expected 64 bytes, found 63$/ },
  missing: { config: weights, reason: /^data\/weights\.bin: expected 64 bytes, found no file$/ },
  constructing: {
    model: 'export default class { constructor() { throw new Error("no camera"); } predict() {} }',
    reason: /^the constructor failed: no camera$/,
  },
  loading: {
    config: 'runtime: { load_retries: 0 }\n',
    model: 'export default class { load() { throw new Error("no words"); } predict() {} }',
    reason: /^load failed: no words$/,
  },
  mistyped: {
    model: 'export default class {\n  predict( { return 1; }\n}\n',
    reason: /^importing model\.ts failed: .*model\.ts:2: Expected .*$/,
  },
  cuda: {
    config: 'resources: { device: cuda }\n',
    reason: /^resources\.device: expected auto or cpu, all that this build can use, got cuda$/,
  },
  batching: {
    model: 'export default class { static batch = { predict: { maxBatchSize: 8, maxQueueDelayMs: 5 } }; predict() {} }',
    reason: /^static batch is not supported by this version; remove it$/,
  },
};

const fiveMistakes = `model_name: no spaces
runtme: {}
runtime: { max_queue: -1, timeout_ms: soon }
resources: { threads: 0 }
`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heddle-start-'));
  for (const [name, { config = '', model = serves, file }] of Object.entries(broken))
    await writeModel('some', name, `model_name: ${name}\n${config}`, model, file);
  await writeModel('some', 'good', `model_name: good\n${weights}`, serves, weight);
  await writeModel('some', 'unreadable', fiveMistakes, serves);
  await writeModel('none', 'unreadable', fiveMistakes, serves);
  await writeModel('optional', 'good', 'model_name: good\n', serves);
  await writeModel('optional', 'spare', `model_name: spare\nrequired: false\n${weights}`, serves);
});
afterAll(() => rm(dir, { recursive: true }));

async function writeModel(repository: string, name: string, config: string, model: string, file?: Buffer): Promise<void> {
  const folder = join(dir, repository, name);
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'config.yaml'), config);
  await writeFile(join(folder, 'model.ts'), model);
  if (file !== undefined) await writeFile(join(folder, 'data', 'weights.bin'), file);
}

/** Runs the command until `look` is done with it. */
async function serving(args: readonly string[], look: (command: Command, url: string) => Promise<void>): Promise<void> {
  const command = new Command(['serve', '--port', '0', ...args], { cwd: dir });
  try {
    await look(command, await command.printed(/heddle listens on (http:\S+?)(?:,|\n)/));
  } finally {
    expect(await command.close()).toMatchObject({ code: 0, signal: null });
  }
}

async function ending(args: readonly string[]): Promise<Ended> {
  return new Command(args, { cwd: dir }).ended;
}

test('each broken model fails with one reason, and the good one beside them serves', () =>
  serving(['--models', 'some'], async (command, url) => {
    const reply = await fetch(`${url}/models/good/predict`, { method: 'POST' });
    expect([reply.status, await bodyOf(reply)]).toEqual([200, { ok: true }]);
    const { data } = await bodyOf(await fetch(`${url}/v1/models`));
    expect(data.map((model: { id: string }) => model.id)).toEqual(['good']);
    for (const [name, { reason }] of Object.entries(broken)) {
      const shown = await fetch(`${url}/v1/models/${name}`);
      expect([shown.status, await bodyOf(shown)]).toEqual([
        503,
        expect.objectContaining({ id: name, state: 'failed', reason: expect.stringMatching(reason) }),
      ]);
      const call = await fetch(`${url}/models/${name}/predict`, { method: 'POST' });
      expect([call.status, (await bodyOf(call)).error.code]).toEqual([503, 'model_failed']);
      expect(command.linesWith(`model failed model=${name} `)).toHaveLength(1);
    }
    const readiness = await fetch(`${url}/readyz`);
    const failed = Object.fromEntries([...Object.keys(broken), 'unreadable'].map((name) => [name, 'failed']));
    expect([readiness.status, (await bodyOf(readiness)).models]).toEqual([503, { good: 'ready', ...failed }]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    // A configuration that is wrong tells all of its mistakes in one line: of the log, of the banner, and as the reason.
    const shown = await fetch(`${url}/v1/models/unreadable`);
    const { state, reason } = await bodyOf(shown);
    expect([shown.status, state]).toEqual([503, 'failed']);
    // The line of the request itself may be there by now, or not.
    const lines = command.linesWith('unreadable').filter((line) => !line.includes(' path=/v1/models/unreadable '));
    expect(lines).toHaveLength(2);
    for (const told of [reason, ...lines])
      for (const part of [
        'model_name: ',
        'runtme: unknown key; did you mean "runtime"?',
        'max_queue: ',
        'timeout_ms: ',
        'resources.threads: ',
      ])
        expect(told).toContain(part);
  }));

test('a folder that is mended is loaded over its failure, and a copy of it is listed under its own name', async () => {
  const folder = join(dir, 'mended', 'late');
  await writeModel('mended', 'late', 'model_name: late\nruntme: {}\n', serves);
  const server = await serve([]);
  try {
    await server.runtime.load(folder).catch((error: unknown) => server.runtime.listRefused(folder, error));
    expect((await fetch(`${server.url}/v1/models/late`)).status).toBe(503);
    await writeModel('mended', 'late', 'model_name: late\n', serves);
    await server.runtime.load(folder);
    expect((await fetch(`${server.url}/v1/models/late`)).status).toBe(200);
    expect(server.runtime.models()).toHaveLength(1);
    const copy = join(dir, 'mended', 'copy');
    await writeModel('mended', 'copy', 'model_name: late\n', serves);
    await server.runtime.load(copy).catch((error: unknown) => server.runtime.listRefused(copy, error));
    expect((await bodyOf(await fetch(`${server.url}/v1/models/copy`))).reason).toBe('the name "late" belongs to a loaded model already');
    expect((await fetch(`${server.url}/v1/models/late`)).status).toBe(200);
  } finally {
    await server.close();
  }
});

for (const order of [
  ['broken', 'good'],
  ['good', 'broken'],
] as const) {
  test(`a refused folder whose name another model has is listed and waited for: ${order.join(', then ')}`, async () => {
    const server = await serve([]);
    const folder = (name: string) => join(dir, 'names', name);
    const { runtime } = server;
    try {
      await writeModel('names', 'broken', 'model_name: wanted\nruntme: {}\n', serves);
      await writeModel('names', 'good', 'model_name: good\naliases: [wanted]\n', serves);
      for (const name of order) await runtime.load(folder(name), { listRefused: true }).catch(() => undefined);
      const reason = 'config.yaml: runtme: unknown key; did you mean "runtime"?';
      expect(runtime.models()).toHaveLength(2);
      expect(runtime.model('wanted')).toMatchObject({ name: 'good', state: 'ready' });
      expect(runtime.model('broken')).toMatchObject({ state: 'failed', reason, required: true });
      const readiness = await fetch(`${server.url}/readyz`);
      expect([readiness.status, (await bodyOf(readiness)).waiting_for]).toEqual([503, { broken: 'failed' }]);
      // Mended, it is listed by its own name alone.
      await writeModel('names', 'broken', 'model_name: mended\n', serves);
      await runtime.load(folder('broken'));
      expect(runtime.models()).toMatchObject([{ name: 'good' }, { name: 'mended', state: 'ready' }]);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    } finally {
      await server.close();
    }
  });
}

test('a refused folder keeps its name before a model that is refused as well', async () => {
  const server = await serve([]);
  const { runtime } = server;
  try {
    await writeModel('clash', 'good', 'model_name: good\n', serves);
    await writeModel('clash', 'broken', 'model_name: wanted\nruntme: {}\n', serves);
    await writeModel('clash', 'other', 'model_name: good\naliases: [wanted]\n', serves);
    for (const name of ['good', 'broken', 'other'])
      await runtime.load(join(dir, 'clash', name), { listRefused: true }).catch(() => undefined);
    expect(runtime.models().map(({ name }) => name)).toEqual(['good', 'wanted', 'other']);
  } finally {
    await server.close();
  }
});

test('a model that is not required leaves the server ready when it fails', () =>
  serving(['--models', 'optional'], async (_, url) => {
    expect((await bodyOf(await fetch(`${url}/v1/models/spare`))).state).toBe('failed');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }));

test('with no readable model there is nothing to serve: exit code 1 with every mistake', async () => {
  const { code, lines } = await ending(['serve', '--port', '0', '--models', 'none']);
  expect(code).toBe(1);
  expect(lines.filter((line) => line.startsWith('heddle: '))).toEqual([
    `heddle: ${join('none', 'unreadable', 'config.yaml')}:`,
    expect.stringContaining('runtme: unknown key; did you mean "runtime"?'),
    expect.stringContaining('model_name: '),
    expect.stringContaining('resources.threads: '),
    expect.stringContaining('runtime.max_queue: '),
    expect.stringContaining('runtime.timeout_ms: '),
  ]);
});

test('a folder without models and a model that is not in it are exit code 1, the latter with the nearest', async () => {
  expect(await ending(['serve', '--models', 'nowhere'])).toMatchObject({
    code: 1,
    lines: ['heddle: expected a folder of models at nowhere'],
  });
  expect(await ending(['serve', '--models', 'optional', '--only', 'goood'])).toMatchObject({
    code: 1,
    lines: ['heddle: optional has no model "goood"; did you mean "good"?'],
  });
});

test('a port in use is exit code 1 with its number', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await ending(['serve', '--models', 'optional', '--port', String(port)])).toMatchObject({
    code: 1,
    lines: [`heddle: port ${port} on 127.0.0.1 is in use; stop the other server or choose --port`],
  });
  holder.close();
  await once(holder, 'close');
});

test('mistyped options and commands are exit code 2 with the nearest', async () => {
  expect(await ending(['serve', '--modles', 'optional', '--port', 'high'])).toMatchObject({
    code: 2,
    lines: [
      'heddle: unknown option --modles; did you mean --models?',
      "heddle: unexpected argument 'optional'",
      'heddle: --port: expected a whole number from 0 to 65535, got "high"',
      'heddle: heddle --help lists all options',
    ],
  });
  expect(await ending(['srve'])).toMatchObject({ code: 2, lines: ["heddle: unknown command 'srve'; did you mean 'serve'?"] });
});

test('the folder of a model itself is told from a folder of models', async () => {
  const command = new Command(['serve', '--port', '0', '--models', `${modelsDir}/minilm`], { cwd: dirname(modelsDir) });
  const { code, lines } = await command.ended;
  expect(code).toBe(1);
  expect(lines.join('\n')).toContain('got a model; name the folder above it');
});
