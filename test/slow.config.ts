import { defineConfig } from 'vitest/config';

/** Tests that start a process, or render a whole repository, for each case: `npm run test:slow`. */
export const SLOW = ['test/cli/mistakes.test.ts', 'test/docs/web-application.test.ts'];

export default defineConfig({ test: { include: SLOW, testTimeout: 60_000 } });
