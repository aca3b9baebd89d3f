// The runtime for libraries: no native call goes past the gauge, and none leaves it raised.

import { fileURLToPath } from 'node:url';
import { Tensor } from 'onnxruntime-node';
import { beforeEach, expect, test } from 'vitest';
import { type GaugedRuntime, gaugedRuntime } from '../../../workers/onnx/gauged-runtime.ts';
import { CountingGauge } from '../../support/counting-gauge.ts';

const graph = fileURLToPath(new URL('../../../models/minilm/data/model.onnx', import.meta.url));
const feeds = Object.fromEntries(
  ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => [name, new Tensor('int64', [1n, 1n], [1, 2])]),
);

let gauge: CountingGauge;
let beforeRun: () => void;
let runtime: GaugedRuntime;

beforeEach(() => {
  gauge = new CountingGauge();
  beforeRun = () => undefined;
  runtime = gaugedRuntime({ gauge, intraOpThreads: 1, beforeRun: () => beforeRun() });
});

test('the gauge is raised while a session is created, runs and is released', async () => {
  const creating = runtime.InferenceSession.create(graph);
  expect(gauge.depth).toBe(1);
  const session = await creating;
  expect(gauge.depth).toBe(0);
  const running = session.run(feeds);
  expect(gauge.depth).toBe(1);
  expect((await running)['last_hidden_state']?.dims).toEqual([1, 2, 384]);
  expect(gauge.depth).toBe(0);
  const releasing = session.release();
  expect(gauge.depth).toBe(1);
  await releasing;
  expect(gauge).toMatchObject({ depth: 0, entered: 3 });
});

test('the gauge comes down when a run fails', async () => {
  const session = await runtime.InferenceSession.create(graph);
  await expect(session.run({})).rejects.toThrow();
  await expect(session.run({ ...feeds, input_ids: new Tensor('float32', [1, 2], [1, 2]) })).rejects.toThrow();
  expect(gauge).toMatchObject({ depth: 0, entered: 3 });
  await session.release();
});

test('the gauge comes down when a graph cannot be opened', async () => {
  await expect(runtime.InferenceSession.create(`${graph}.missing`)).rejects.toThrow('model.onnx.missing');
  await expect(runtime.InferenceSession.create(new Uint8Array([1, 2, 3]))).rejects.toThrow();
  expect(gauge).toMatchObject({ depth: 0, entered: 2 });
});

test('what beforeRun throws keeps the run from starting', async () => {
  const session = await runtime.InferenceSession.create(graph);
  beforeRun = () => {
    throw new Error('not now');
  };
  await expect(session.run(feeds)).rejects.toThrow('not now');
  expect(gauge).toMatchObject({ depth: 0, entered: 1 });
  await session.release();
});

test('a session takes the providers and threads of the server, not those of the library', async () => {
  const session = await runtime.InferenceSession.create(graph, { executionProviders: ['cuda'], intraOpNumThreads: -1 });
  expect((await session.run(feeds))['last_hidden_state']?.dims).toEqual([1, 2, 384]);
  await session.release();
});
