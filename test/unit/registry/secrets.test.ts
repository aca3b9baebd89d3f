import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resolveSecrets } from '../../../src/registry/secrets.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'heddle-secrets-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

test('a secret comes from its variable, and from its file in place of the variable', async () => {
  vi.stubEnv('FIRST_TOKEN', 'from the variable');
  vi.stubEnv('SECOND_TOKEN', 'from the variable');
  const file = join(dir, 'second');
  await writeFile(file, 'from the file\n');
  expect(await resolveSecrets({ first_token: null, SECOND_TOKEN: file })).toEqual({
    first_token: 'from the variable',
    SECOND_TOKEN: 'from the file',
  });
});

test('a secret whose file cannot be read is named, whatever its variable holds', async () => {
  vi.stubEnv('FIRST_TOKEN', 'from the variable');
  const error: unknown = await resolveSecrets({ first_token: join(dir, 'sk-absent'), other: dir, third: null }).catch((e: unknown) => e);
  expect(error).toMatchObject({
    code: 'invalid_config',
    message:
      'secrets: expected values for third, found none; secrets.first_token: its file cannot be read (ENOENT); secrets.other: its file cannot be read (EISDIR)',
  });
});
