import type { Migration } from '@slipway/common/mongo';
import { createItems } from './1-create-items.ts';
import { uniqueNames } from './2-unique-names.ts';

/** All migrations, oldest first. A new one gets the next version and its own file. */
export const migrations: readonly Migration[] = [createItems, uniqueNames];
