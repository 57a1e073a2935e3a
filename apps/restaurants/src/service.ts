import { baseSettings, packageOf } from '@slipway/common';
import { mongoSettings } from '@slipway/common/mongo';
import type { z } from 'zod';

/** What restaurants is. */
export const service = {
  ...packageOf(import.meta.url),
  title: 'Lists and keeps restaurants',
  settings: baseSettings.extend(mongoSettings),
};
/** The settings of restaurants after checking. */
export type Settings = z.output<typeof service.settings>;
