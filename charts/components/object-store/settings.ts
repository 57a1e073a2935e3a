import { z } from 'zod';
import { quantitySetting } from '../../lib/quantity.ts';

/** Section `objectStore`. */
export const objectStoreSettings = z.strictObject({
  /** Volume size. @default '20Gi' */
  size: quantitySetting.default('20Gi'),
});
