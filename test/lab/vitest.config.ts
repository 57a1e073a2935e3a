import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/lab/scenarios/*.e2e.ts'],
    // One lab at a time: two cores are not enough for two.
    fileParallelism: false,
    // More than the longest wait of a scenario.
    testTimeout: 600_000,
    hookTimeout: 45 * 60_000,
    reporters: ['verbose'],
  },
});
