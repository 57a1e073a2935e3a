import { z } from 'zod';
import { bytesOf, quantitySetting } from '../../lib/quantity.ts';

/** The smallest cache, and room for the server and for the two shells that probe it. */
const LEAST_MEMORY = '768Mi';

/** What a cluster says about its MongoDB. */
export const mongoSettings = z.strictObject({
  /** Disk of each of the three members; it can grow but never shrink. @default '10Gi' */
  size: quantitySetting.default('10Gi'),
  /** Disk for two dumps of the whole data, compressed; it can grow but never shrink. @default '10Gi' */
  dumpSize: quantitySetting.default('10Gi'),
  /** Memory of each member; what is above 1Gi goes half to the cache. At least 768Mi. @default '1Gi' */
  memory: quantitySetting
    .refine((memory) => bytesOf(memory) >= bytesOf(LEAST_MEMORY), `must be at least ${LEAST_MEMORY}`)
    .default('1Gi'),
});
