import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The others are run in a room: see e2e.ts.
    include: [process.env['E2E'] === 'real' ? 'test/lab/scenarios/real/*.e2e.ts' : 'test/lab/scenarios/*.e2e.ts'],
    // One lab at a time, to run on two cores.
    fileParallelism: false,
    // Longer than any wait in a scenario.
    testTimeout: 600_000,
    hookTimeout: 45 * 60_000,
    reporters: ['verbose'],
  },
});
