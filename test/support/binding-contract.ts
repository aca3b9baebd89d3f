// What every binding of workers/onnx must do, whatever is behind it: one suite that each of them runs unchanged.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NativeGauge } from '../../src/contract/model.ts';
import type { Binding, Session, Tensor } from '../../workers/onnx/session.ts';
import { longColumns, longModel, productModel } from './tiny-onnx.ts';

const options = { intraOpThreads: 1 };
// Some hundred milliseconds: in flight for certain while the test goes on, and short enough to be waited for.
const longSteps = 50_000;
// Minutes. Only a run that is really ended in the middle lets its test finish in time.
const endlessSteps = 50_000_000;

/** Counts what is inside; refuses when told to. */
class TestGauge implements NativeGauge {
  inside = 0;
  entered = 0;
  refuses = false;
  enter(): void {
    if (this.refuses) throw new Error('the thread is being ended');
    this.inside += 1;
    this.entered += 1;
  }
  leave(): void {
    this.inside -= 1;
  }
}

/** Tests the binding that `makeBinding` returns around a gauge. */
export function bindingContract(name: string, makeBinding: (gauge: NativeGauge) => Binding): void {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'heddle-'));
    await writeFile(join(dir, 'product.onnx'), productModel(2, [1, 2, 3, 4]));
    await writeFile(join(dir, 'long.onnx'), longModel());
  });

  afterAll(() => rm(dir, { recursive: true }));

  /** Runs `body` with a session of its own, closed in any case. */
  async function withSession(
    file: 'product' | 'long',
    body: (session: Session, gauge: TestGauge, binding: Binding) => Promise<void>,
  ): Promise<void> {
    const gauge = new TestGauge();
    const binding = makeBinding(gauge);
    const session = await binding.open(join(dir, `${file}.onnx`), options);
    try {
      await body(session, gauge, binding);
    } finally {
      gauge.refuses = false;
      await session.close();
    }
  }

  test(`${name}: ports are told with their types and symbols`, () =>
    withSession('long', async (session) => {
      expect([...session.inputs].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
        { name: 'steps', type: 'int64', dims: [] },
        { name: 'x', type: 'float32', dims: ['rows', longColumns] },
      ]);
      expect(session.outputs).toEqual([{ name: 'y', type: 'float32', dims: ['rows', longColumns] }]);
    }));

  test(`${name}: an output given is written in place and returned`, () =>
    withSession('product', async (session) => {
      const y = row(0, 0);
      const fetched = await session.run({ x: row(1, 1) }, { y });
      expect(fetched['y']).toBe(y);
      expect([...y.data]).toEqual([4, 6]);
    }));

  test(`${name}: an output of null is allocated, with the dims of the run`, () =>
    withSession('product', async (session) => {
      const x: Tensor = { type: 'float32', dims: [3, 2], data: Float32Array.of(1, 0, 0, 1, 1, 1) };
      const { y } = await session.run({ x }, { y: null });
      expect(y).toEqual({ type: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 4, 6) });
    }));

  test(`${name}: an allocated output is the caller's, and no later run writes to it`, () =>
    withSession('product', async (session) => {
      const first = await session.run({ x: row(1, 0) }, { y: null });
      await session.run({ x: row(0, 1) }, { y: null });
      expect([...(first['y']?.data ?? [])]).toEqual([1, 2]);
    }));

  const wrong: Readonly<Record<string, [inputs: Record<string, Tensor>, outputs: Record<string, Tensor | null>]>> = {
    'a missing input': [{}, { y: null }],
    'an unknown input': [{ x: row(1, 1), z: row(1, 1) }, { y: null }],
    'an unknown output': [{ x: row(1, 1) }, { z: null }],
    'an unknown output with a tensor': [{ x: row(1, 1) }, { y: null, z: row(0, 0) }],
    'an input of another shape': [{ x: { type: 'float32', dims: [1, 3], data: new Float32Array(3) } }, { y: null }],
    'an input of another rank': [{ x: { type: 'float32', dims: [2], data: new Float32Array(2) } }, { y: null }],
    'an input of another type': [{ x: { type: 'int64', dims: [1, 2], data: new BigInt64Array(2) } }, { y: null }],
    // Taken at its word, it would let native code read beyond the buffer.
    'an input that does not fill its dims': [{ x: { type: 'float32', dims: [4, 2], data: new Float32Array(2) } }, { y: null }],
    'an output that does not fill its dims': [{ x: row(1, 1) }, { y: { type: 'float32', dims: [1, 2], data: new Float32Array(1) } }],
    'an output of another shape': [{ x: row(1, 1) }, { y: { type: 'float32', dims: [2, 2], data: new Float32Array(4) } }],
  };
  for (const [what, [inputs, outputs]] of Object.entries(wrong)) {
    test(`${name}: ${what} is refused, and the session stays usable`, () =>
      withSession('product', async (session, gauge) => {
        await expect(session.run(inputs, outputs)).rejects.toThrow(Error);
        expect(gauge.inside).toBe(0);
        const { y } = await session.run({ x: row(1, 1) }, { y: null });
        expect([...(y?.data ?? [])]).toEqual([4, 6]);
      }));
  }

  test(`${name}: several runs in flight each get their own result`, () =>
    withSession('long', async (session) => {
      const values = [1, 2, 3, 4, 5, 6];
      // Longer runs first, so that a binding with threads of its own finishes them in another order.
      const runs = values.map((value) => session.run(longRun((values.length - value) * 1000, value), { y: null }));
      for (const [index, { y }] of (await Promise.all(runs)).entries()) expect(y?.data[0]).toBe(values[index]);
    }));

  test(`${name}: an abort with nothing in flight finds it finished`, () =>
    withSession('product', async (session) => {
      expect(await session.abort()).toBe('finished');
      const { y } = await session.run({ x: row(1, 1) }, { y: null });
      expect([...(y?.data ?? [])]).toEqual([4, 6]);
    }));

  test(`${name}: an abort resolves when no run is left, and the session stays usable`, () =>
    withSession('long', async (session, gauge, binding) => {
      const steps = binding.abortsInsideRun ? endlessSteps : longSteps;
      const settled: string[] = [];
      const runs = [1, 2].map((value) =>
        session.run(longRun(steps, value), { y: null }).then(
          ({ y }) => settled.push(`run gave ${y?.data[0]}`),
          (error: Error) => settled.push(error.name),
        ),
      );
      const outcome = await session.abort();
      settled.push(outcome);
      await Promise.all(runs);
      expect(settled).toEqual(binding.abortsInsideRun ? ['AbortError', 'AbortError', 'aborted'] : ['run gave 1', 'run gave 2', 'finished']);
      expect(gauge.inside).toBe(0);
      const { y } = await session.run(longRun(3, 7), { y: null });
      expect(y?.data[0]).toBe(7);
    }));

  test(`${name}: a close waits for the runs in flight, which finish`, () =>
    withSession('long', async (session) => {
      const settled: string[] = [];
      const run = session.run(longRun(longSteps, 5), { y: null }).then(({ y }) => settled.push(`run gave ${y?.data[0]}`));
      const close = session.close().then(() => settled.push('closed'));
      await Promise.all([run, close]);
      expect(settled).toEqual(['run gave 5', 'closed']);
    }));

  test(`${name}: a close is idempotent, and a run after it is refused`, () =>
    withSession('product', async (session, gauge) => {
      await Promise.all([session.close(), session.close()]);
      await session.close();
      const { entered } = gauge;
      await expect(session.run({ x: row(1, 1) }, { y: null })).rejects.toThrow('the session is closed');
      expect(gauge.entered).toBe(entered);
      expect(await session.abort()).toBe('finished');
    }));

  const unreadable: Readonly<Record<string, (path: string) => Promise<void>>> = {
    missing: async () => undefined,
    empty: (path) => writeFile(path, ''),
    garbage: (path) => writeFile(path, 'this is no graph, whatever its name says'),
    truncated: async (path) => {
      const whole = await readFile(join(dir, 'product.onnx'));
      await writeFile(path, whole.subarray(0, whole.length / 2));
    },
  };
  for (const [what, make] of Object.entries(unreadable)) {
    test(`${name}: a file that is ${what} is refused by its path`, async () => {
      const path = join(dir, `${what}.onnx`);
      await make(path);
      const gauge = new TestGauge();
      await expect(makeBinding(gauge).open(path, options)).rejects.toThrow(path);
      expect(gauge).toMatchObject({ inside: 0, entered: 1 });
    });
  }

  test(`${name}: the gauge is up while a run is in flight, and down after it`, () =>
    withSession('long', async (session, gauge) => {
      expect(gauge).toMatchObject({ inside: 0, entered: 1 });
      const runs = [session.run(longRun(1, 1), { y: null }), session.run(longRun(1, 1), { y: null })];
      expect(gauge.inside).toBe(2);
      await Promise.all(runs);
      expect(gauge).toMatchObject({ inside: 0, entered: 3 });
    }));

  test(`${name}: a gauge that refuses keeps native code from starting`, () =>
    withSession('product', async (session, gauge, binding) => {
      gauge.refuses = true;
      const y = row(0, 0);
      await expect(session.run({ x: row(1, 1) }, { y })).rejects.toThrow('the thread is being ended');
      expect([...y.data]).toEqual([0, 0]);
      await expect(binding.open(join(dir, 'product.onnx'), options)).rejects.toThrow('the thread is being ended');
      expect(gauge.inside).toBe(0);
    }));
}

function row(first: number, second: number): Tensor {
  return { type: 'float32', dims: [1, 2], data: Float32Array.of(first, second) };
}

function longRun(steps: number, value: number): Record<string, Tensor> {
  return {
    steps: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(steps)) },
    x: { type: 'float32', dims: [1, longColumns], data: new Float32Array(longColumns).fill(value) },
  };
}
