import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/lab/scenarios/*.e2e.ts'],
    // One lab at a time, to run on two cores.
    fileParallelism: false,
    // Longer than any wait in a scenario.
    testTimeout: 600_000,
    hookTimeout: 45 * 60_000,
    reporters: ['verbose'],
  },
});
