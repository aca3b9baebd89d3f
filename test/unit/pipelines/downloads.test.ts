// A pipeline touches the network only when it is told to, and then needs it once.

import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pipeline } from '../../../workers/pipelines/pipeline.ts';
import { CancellableCall } from '../../support/cancellable-call.ts';
import { CountingGauge } from '../../support/counting-gauge.ts';

const filesDir = fileURLToPath(new URL('../../../models/minilm/data', import.meta.url));
const served = new Set(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx']);

const asked: string[] = [];
let host: Server;
let remoteHost: string;
let dataDir: string;

beforeAll(async () => {
  host = createServer((request, reply) => {
    const file = (request.url ?? '').replace('/team/minilm/resolve/main/', '');
    asked.push(file);
    if (served.has(file)) createReadStream(join(filesDir, file.replace('onnx/', ''))).pipe(reply);
    else reply.writeHead(404).end();
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  remoteHost = `http://127.0.0.1:${(host.address() as AddressInfo).port}/`; // listens on TCP
  dataDir = await mkdtemp(join(tmpdir(), 'heddle-downloads-'));
});

afterAll(async () => {
  await stopHost();
  await rm(dataDir, { recursive: true });
});

async function stopHost(): Promise<void> {
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
}

// In this order: a thread that may download once may do so from then on.
test('without allowRemote nothing is asked of the host', async () => {
  const opening = Pipeline.open(context(), 'feature-extraction', { model: 'team/minilm', remoteHost });
  await expect(opening).rejects.toThrow(join(dataDir, 'team/minilm/config.json'));
  expect(asked).toEqual([]);
});

test('with allowRemote missing files come into data/, and the next time from there', async () => {
  const first = await Pipeline.open(context(), 'feature-extraction', { model: 'team/minilm', allowRemote: true, remoteHost });
  expect((await first.run(new CancellableCall(), 'text')).dims).toEqual([1, 3, 384]);
  await first.close();
  expect(asked).toContain('onnx/model.onnx');
  expect(await readdir(join(dataDir, 'team/minilm/onnx'))).toEqual(['model.onnx']);
  await rm(join(dataDir, 'team/minilm/tokenizer.json'));
  asked.length = 0;
  const mended = await Pipeline.open(context(), 'feature-extraction', { model: 'team/minilm', allowRemote: true, remoteHost });
  await mended.close();
  expect(new Set(asked)).toEqual(new Set(['tokenizer.json']));
  await stopHost();
  const second = await Pipeline.open(context(), 'feature-extraction', { model: 'team/minilm' });
  expect((await second.run(new CancellableCall(), 'text')).dims).toEqual([1, 3, 384]);
  await second.close();
});

function context() {
  return { dataDir, threads: 1, native: new CountingGauge() };
}
