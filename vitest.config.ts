// How the tests run: separate processes, because native code must not share one with another test's worker threads.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    globalSetup: 'test/support/build.ts',
    // As the server sets it: unit tests run native code without one.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    // Real models on a shared machine; a hang is told after a minute, everything else takes milliseconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['src/**', 'workers/**'], reporter: ['text-summary', 'lcov'] },
  },
});
