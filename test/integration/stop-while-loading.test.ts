// Models that are still loading when they are no longer wanted: nothing is started then, nothing is left, nothing is called a failure.

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Runtime } from 'heddle';
import { Command } from '../support/command.ts';
import { MemoryLogger, modelsDir } from '../support/serve.ts';
import { until } from '../support/until.ts';

const modelThatTells = `export default class Again {
  constructor(context: { logger: { info(message: string): void } }) {
    context.logger.info('thread started');
  }
  predict() {
    return {};
  }
}`;

test('a model unloaded while its weights are verified starts no thread', async () => {
  const logger = new MemoryLogger();
  const runtime = new Runtime({ logger });
  const loading = runtime.load(`${modelsDir}/smollm2`);
  await until(() => runtime.model('smollm2') !== undefined);
  expect(await runtime.unload('smollm2', 0)).toBe(true);
  await loading;
  expect(runtime.models()).toEqual([]);
  expect(logger.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  expect(await runtime.close()).toBe(true);
});

test('a model loaded again after it was unloaded amid its load is started once', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'heddle-again-'));
  const weights = Buffer.alloc(2 ** 25); // long enough that the first load is still verifying them when the second begins
  await writeFile(join(dir, 'weights.bin'), weights);
  const sha256 = createHash('sha256').update(weights).digest('hex');
  const file = { path: 'weights.bin', sha256, bytes: weights.byteLength };
  await writeFile(join(dir, 'config.yaml'), JSON.stringify({ model_name: 'again', weights: [file], runtime: { replicas: 2 } }));
  await writeFile(join(dir, 'model.ts'), modelThatTells);
  const logger = new MemoryLogger();
  const runtime = new Runtime({ logger });
  try {
    const first = runtime.load(dir);
    await until(() => runtime.model('again') !== undefined);
    // Both wait for the same end, and neither ends what comes after it.
    expect(await Promise.all([runtime.unload('again', 0), runtime.unload('again', 0)])).toEqual([true, true]);
    await Promise.all([first, runtime.load(dir)]);
    const [model, ...others] = runtime.models();
    expect(others).toEqual([]);
    expect(model).toMatchObject({ name: 'again', state: 'ready', replicas: { ready: 2, retired: 0, total: 2 } });
    expect(logger.lines.filter(({ message }) => message === 'model ready')).toHaveLength(1);
    expect(logger.lines.filter(({ message }) => message === 'thread started')).toHaveLength(2);
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  } finally {
    expect(await runtime.close()).toBe(true);
    await rm(dir, { recursive: true });
  }
  expect(runtime.models()).toEqual([]);
});

test('a signal amid the load of both models ends the server with 0 and without an error', async () => {
  const command = new Command(['serve', '--port', '0', '--json'], { cwd: dirname(modelsDir) });
  await command.printed(/"message":"listening"/);
  const { code, signal, lines } = await command.close();
  expect([code, signal]).toEqual([0, null]);
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
