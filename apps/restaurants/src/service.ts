import { baseSettings, packageOf } from '@slipway/common';
import { mongoSettings } from '@slipway/common/mongo';
import type { z } from 'zod';

/** Identity and settings of restaurants. */
export const service = {
  ...packageOf(import.meta.url),
  title: 'Lists and manages restaurants',
  settings: baseSettings.extend(mongoSettings),
};
/** The validated settings of restaurants. */
export type Settings = z.output<typeof service.settings>;
