import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Logger } from '../../../src/contract/model.ts';
import { Runtime } from '../../../src/runtime/runtime.ts';

const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

test('a runtime is not ready while it reads the configuration of its first model', async () => {
  const runtime = new Runtime({ logger });
  expect(await runtime.ready()).toBe(true);
  const loading = runtime.load('/nowhere/heddle');
  expect(await runtime.ready()).toBe(false);
  await expect(loading).rejects.toMatchObject({ code: 'invalid_config' });
  expect(await runtime.ready()).toBe(true);
  expect(await runtime.close()).toBe(true);
});

test('a model whose configuration is read while the runtime drains is not loaded', async () => {
  const runtime = new Runtime({ logger });
  const loading = runtime.load(fileURLToPath(new URL('../../../examples/echo', import.meta.url)));
  await runtime.drain(0);
  await expect(loading).rejects.toMatchObject({ code: 'shutting_down' });
  expect(runtime.models()).toEqual([]);
  expect(await runtime.close()).toBe(true);
});

test('a refused folder is listed as failed until a model takes its name', async () => {
  const runtime = new Runtime({ logger });
  const folder = '/nowhere/only-predict';
  await runtime.load(folder).catch((error: unknown) => runtime.listRefused(folder, error));
  const reason = 'config.yaml: expected a readable file';
  expect(runtime.model('only-predict')).toMatchObject({ state: 'failed', reason, required: true, methods: [] });
  expect(await runtime.readiness()).toEqual({ ready: false, waitingFor: { 'only-predict': 'failed' } });
  const loading = runtime.load(fileURLToPath(new URL('../../fixtures/models/only-predict', import.meta.url)));
  await runtime.drain(0);
  await expect(loading).rejects.toMatchObject({ code: 'shutting_down' });
  expect(await runtime.close()).toBe(true);
  expect(runtime.models()).toEqual([]);
});

test('a runtime is at no time ready before a refused folder that it waits for is listed', async () => {
  const folder = '/nowhere/heddle';
  const ways: readonly ((runtime: Runtime) => Promise<void>)[] = [
    (runtime) => runtime.load(folder, { listRefused: true }).catch(silent),
    (runtime) => runtime.load(folder).catch((error: unknown) => runtime.listRefused(folder, error)),
  ];
  for (const way of ways) {
    const runtime = new Runtime({ logger });
    let isListed = false;
    const listed = way(runtime).then(() => {
      isListed = true;
    });
    while (!isListed) {
      expect(await runtime.ready()).toBe(false);
      await setImmediate();
    }
    await listed;
    expect(await runtime.readiness()).toEqual({ ready: false, waitingFor: { heddle: 'failed' } });
    expect(await runtime.close()).toBe(true);
  }
});

test('a folder that is refused again is listed once', async () => {
  const runtime = new Runtime({ logger });
  for (const reason of ['config.yaml: first', 'config.yaml: second']) {
    await runtime.listRefused('/nowhere/heddle', new Error(reason));
    expect(runtime.models()).toMatchObject([{ name: 'heddle', reason }]);
  }
  expect(await runtime.close()).toBe(true);
});
