import { z } from 'zod';
import { quantitySetting } from '../../lib/quantity.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `objectStore`. */
export const objectStoreSettings = z.strictObject({
  ...workloadSettings(),
  /** Volume size. @default '20Gi' */
  size: quantitySetting.default('20Gi'),
});
