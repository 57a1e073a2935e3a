import { baseSettings, packageOf } from '@slipway/common';
import { mongoSettings } from '@slipway/common/mongo';
import type { z } from 'zod';

/** What items is. */
export const service = {
  ...packageOf(import.meta.url),
  title: 'Lists and adds items',
  settings: baseSettings.extend(mongoSettings),
};
/** The settings of items after checking. */
export type Settings = z.output<typeof service.settings>;
