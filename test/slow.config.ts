import { defineConfig } from 'vitest/config';
import { SLOW } from '../vitest.config.ts';

export default defineConfig({ test: { include: SLOW, testTimeout: 60_000 } });
