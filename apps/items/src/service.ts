import { baseSettings, packageOf } from '@slipway/common';
import { mongoSettings } from '@slipway/common/mongo';
import type { z } from 'zod';

/** Identity and settings of items. */
export const service = {
  ...packageOf(import.meta.url),
  title: 'Lists and adds items',
  settings: baseSettings.extend(mongoSettings),
};
/** The validated settings of items. */
export type Settings = z.output<typeof service.settings>;
