import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: './tests/support/build.ts',
    // Tests wait for real processes, disks and servers, on machines that may be busy: a limit is for what hangs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A machine of CI may be crowded; a test that needed its second try is named at the end of the run.
    retry: process.env.CI ? 1 : 0,
    // Each file starts processes of its own: one worker per core, and on many cores no more than pay.
    maxWorkers: Math.min(4, availableParallelism()),
    reporters: ['default', './tests/support/skipped-reporter.ts'],
  },
});
