import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasCoupledRows } from '../../../workers/text/coupled-rows.ts';
import { model, node, port } from '../../support/tiny-onnx.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heddle-'));
});

afterEach(() => rm(dir, { recursive: true }));

async function scan(bytes: Uint8Array): Promise<boolean> {
  const path = join(dir, 'model.onnx');
  await writeFile(path, bytes);
  return hasCoupledRows(path);
}

function graphOf(op: string): Uint8Array {
  return model({
    nodes: [node(op, ['x'], ['y'])],
    inputs: [port('x', 'float32', ['rows'])],
    outputs: [port('y', 'float32', ['rows'])],
  });
}

test('both operators that take one scale per tensor are found, others are not', async () => {
  expect(await scan(graphOf('DynamicQuantizeLinear'))).toBe(true);
  expect(await scan(graphOf('DynamicQuantizeMatMul'))).toBe(true);
  expect(await scan(graphOf('QuantizeLinear'))).toBe(false);
  expect(await scan(new Uint8Array(0))).toBe(false);
});

test('an operator that lies across two pieces of the file is found', async () => {
  const graph = graphOf('DynamicQuantizeLinear');
  const at = Buffer.from(graph).indexOf('"\x15DynamicQuantizeLinear');
  for (const before of [1, 12, 22]) {
    const padding = new Uint8Array((1 << 20) - at - before);
    expect(await scan(Buffer.concat([padding, graph]))).toBe(true);
  }
});

test('a subgraph is looked into', async () => {
  const body = {
    nodes: [node('DynamicQuantizeLinear', ['x'], ['rounded', 'scale', 'zero'])],
    inputs: [],
    outputs: [port('rounded', 'uint8', ['rows'])],
  };
  const graph = {
    nodes: [node('If', ['flag'], ['y'], { then_branch: { graph: body }, else_branch: { graph: body } })],
    inputs: [port('flag', 'bool', []), port('x', 'float32', ['rows'])],
    outputs: [port('y', 'uint8', ['rows'])],
  };
  expect(await scan(model(graph))).toBe(true);
});

test('neither model that ships couples its rows', async () => {
  const models = new URL('../../../models/', import.meta.url);
  for (const file of ['minilm/data/model.onnx', 'smollm2/data/decoder.onnx'])
    expect(await hasCoupledRows(fileURLToPath(new URL(file, models)))).toBe(false);
});
