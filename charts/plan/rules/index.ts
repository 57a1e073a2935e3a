import type { Rule } from '../change.ts';

/** Everything that is said of changes beyond their verdict. */
export const RULES: readonly Rule[] = [];
