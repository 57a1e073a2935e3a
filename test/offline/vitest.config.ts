import { defineConfig } from 'vitest/config';

/** The images of the services, built by their Dockerfiles and run with the settings of every rendered Deployment. */
export default defineConfig({
  test: {
    name: 'images',
    include: ['test/offline/images/**/*.test.ts', 'test/contract/**/*.test.ts'],
    globalSetup: ['test/databases/setup.ts', 'test/offline/images/setup.ts'],
    // Tests share no state; without isolation, the fleet is read only once.
    isolate: false,
    testTimeout: 60_000,
  },
});
