// ONNX Runtime gathers facts about its use and sends them home, unless the server forbids it before any thread starts.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelsDir, serve } from '../support/serve.ts';

test('a served model leaves no telemetry behind', async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'heddle-telemetry-'));
  // Where the runtime would keep what it is going to send; and not what the tests set for themselves.
  process.env['XDG_CACHE_HOME'] = cacheDir;
  delete process.env['ORT_DISABLE_TELEMETRY'];
  const server = await serve([`${modelsDir}/minilm`]);
  try {
    expect((await server.post('/v1/embeddings', { input: 'hello' })).status).toBe(200);
    expect(await readdir(cacheDir)).toEqual([]);
  } finally {
    await server.close();
    await rm(cacheDir, { recursive: true });
  }
});
