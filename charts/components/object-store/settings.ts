import { z } from 'zod';
import { quantitySetting } from '../../lib/quantity.ts';

/** What a cluster says about its object store. */
export const objectStoreSettings = z.strictObject({
  /** Size of its disk. @default '20Gi' */
  size: quantitySetting.default('20Gi'),
});
