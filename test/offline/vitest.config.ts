import { defineConfig } from 'vitest/config';

/** The images of the services, built and run as their Dockerfiles and every rendered Deployment say. */
export default defineConfig({
  test: {
    name: 'images',
    include: ['test/offline/images/**/*.test.ts', 'test/contract/**/*.test.ts'],
    globalSetup: ['test/offline/databases/setup.ts', 'test/offline/images/setup.ts'],
    // Tests share no state, but the fleet is read once for all of them.
    isolate: false,
    testTimeout: 60_000,
  },
});
