// The graphs that other tests write themselves do what their writer says.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stockBinding } from '../../../workers/onnx/stock-binding.ts';
import type { Session } from '../../../workers/onnx/session.ts';
import { longColumns, longModel, productModel } from '../../support/tiny-onnx.ts';

const binding = stockBinding({ enter: () => undefined, leave: () => undefined });
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heddle-'));
});

afterAll(() => rm(dir, { recursive: true }));

async function open(bytes: Uint8Array): Promise<Session> {
  const path = join(dir, 'model.onnx');
  await writeFile(path, bytes);
  return binding.open(path, { intraOpThreads: 1 });
}

test('the product graph multiplies by its weights', async () => {
  const session = await open(productModel(2, [1, 2, 3, 4]));
  const x = { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 0, 1, 1) } as const;
  const { y } = await session.run({ x }, { y: null });
  expect(y?.dims).toEqual([2, 2]);
  expect([...(y?.data ?? [])]).toEqual([1, 2, 4, 6]);
  await session.close();
});

test('the long graph gives its input back after as many steps as it is told', async () => {
  const session = await open(longModel());
  const x = { type: 'float32', dims: [1, longColumns], data: Float32Array.from({ length: longColumns }, (_, i) => i) } as const;
  for (const count of [0, 1, 1000]) {
    const steps = { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(count)) } as const;
    const { y } = await session.run({ x, steps }, { y: null });
    expect(y?.data).toEqual(x.data);
  }
  await session.close();
});
