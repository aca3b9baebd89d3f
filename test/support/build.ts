// Builds dist/ before the tests where a source changed, since threads and integration tests load the built package.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A type error stops `npm test` and `npm run check`, not a test run amid an edit: the compiler emits in spite of it. */
export default function build(): void {
  const script = fileURLToPath(new URL('../../src/cli/from-clone.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script, 'build'], { stdio: 'inherit' });
  if (status !== 0) process.stderr.write('heddle: the tests run on a build with errors\n');
}
