import { defineConfig } from 'vitest/config';
import { SHARED, SLOW } from '../vitest.config.ts';

export default defineConfig({
  test: { ...SHARED, include: SLOW, testTimeout: 120_000, hookTimeout: 120_000 },
});
