// How the tests run: separate processes, because native code must not share one with another test's worker threads.

import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Rooms whose tests are functions and fakes in one thread, without native code: one process runs all their files, so that each module is
 * read once. Starting a process and reading modules takes longer than most of these files do.
 */
const shared = ['cli', 'contract', 'core', 'dialects', 'http', 'registry', 'runtime', 'scheduler'].map(
  (room) => `test/unit/${room}/**/*.test.ts`,
);

/** What every project has. Passed on by hand, since a project that extends the root would have its `globalSetup` too, and build again. */
const everywhere = {
  pool: 'forks',
  // As the server sets it: unit tests run native code without one.
  env: { ORT_DISABLE_TELEMETRY: '1' },
  // Real models on a shared machine; a hang is told after a minute, everything else takes milliseconds.
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // One a core, where the default leaves a core to vitest: it has little to do, and a test of a server waits much.
    maxWorkers: '100%',
    globalSetup: 'test/support/build.ts',
    coverage: { provider: 'v8', include: ['src/**', 'workers/**'], reporter: ['text-summary', 'lcov'] },
    projects: [
      { test: { ...everywhere, name: 'alone', include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...shared] } },
      { test: { ...everywhere, name: 'shared', include: shared, isolate: false } },
    ],
  },
});
