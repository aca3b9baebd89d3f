// How the proofs run: one after the other, since each loads the whole machine, and with their figures printed.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/prove/**/*.prove.ts'],
    pool: 'forks',
    fileParallelism: false,
    globalSetup: 'test/support/build.ts',
    testTimeout: 900_000,
    hookTimeout: 60_000,
    // Figures go out as they come: a proof takes minutes.
    disableConsoleIntercept: true,
  },
});
