import { z } from 'zod';
import { quantitySetting } from '../../lib/quantity.ts';

/** Share of the requests, against the sum of both versions' weights. */
const weight = z.int().min(0).max(1_000_000);
const replicas = z.int().min(1);

/** What a cluster says about Postfacto. */
export const postfactoSettings = z
  .strictObject({
    /** Its whole host name. @default `retro.` before the cluster's domain */
    host: z.hostname().optional(),
    /** Who signs in at /admin; the password lies in the secret store, and changes only at /admin. */
    adminEmail: z.email(),
    /** Minutes after which somebody who does nothing is signed out. @default 1440 */
    sessionMinutes: z.int().min(1).default(1440),
    /** The version that most requests go to: weight 100 and 2 pods unless it says otherwise. @default {} */
    stable: z.strictObject({ weight: weight.default(100), replicas: replicas.default(2) }).prefault({}),
    /** A version beside it: its weight, and 1 pod unless it says otherwise. @default none */
    next: z.strictObject({ weight, replicas: replicas.default(1) }).optional(),
    /** Disk of the database; it can grow but never shrink. @default '5Gi' */
    size: quantitySetting.default('5Gi'),
    /** Disk for two dumps of the database, compressed; it can grow but never shrink. @default '5Gi' */
    dumpSize: quantitySetting.default('5Gi'),
  })
  .refine(({ stable, next }) => stable.weight + (next?.weight ?? 0) > 0, {
    path: ['stable', 'weight'],
    error: 'must be above 0, or nobody gets an answer',
  });
