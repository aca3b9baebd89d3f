// Models that are still loading when they are no longer wanted: nothing is started then, nothing is left, nothing is called a failure.

import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { Runtime } from 'heddle';
import { Command } from '../support/command.ts';
import { MemoryLogger, modelsDir } from '../support/serve.ts';
import { until } from '../support/until.ts';

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

test('a signal amid the load of both models ends the server with 0 and without an error', async () => {
  const command = new Command(['serve', '--port', '0', '--json'], { cwd: dirname(modelsDir) });
  await command.printed(/"message":"listening"/);
  const { code, signal, lines } = await command.close();
  expect([code, signal]).toEqual([0, null]);
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
