import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests share no state; one module graph for all of them is several times faster.
    isolate: false,
    testTimeout: 30_000,
  },
});
