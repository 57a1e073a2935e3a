import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { hostName } from '../../lib/host.ts';
import { instances } from '../../lib/instances.ts';
import { quantitySetting } from '../../lib/quantity.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Share of the requests, relative to the sum of both weights. */
const weight = z.int().min(0).max(1_000_000);

/** Settings of Postfacto. */
export const postfactoSettings = z
  .strictObject({
    /** Host name. @default `retro.<domain>` for the component `postfacto`, else `<component>.<domain>` */
    host: hostName.optional(),
    /** User name at /admin. The initial password is in the secret store; it can be changed only at /admin. */
    adminEmail: z.email(),
    /** Session timeout of inactive users, in minutes. @default 1440 */
    sessionMinutes: z.int().min(1).default(1440),
    /** The main version. @default weight 100, 2 pods */
    stable: z
      .strictObject({ ...workloadSettings(), weight: weight.default(100), replicas: replicasSetting.default(2) })
      .prefault({}),
    /** A second version beside it; 1 pod by default. @default none */
    next: z.strictObject({ ...workloadSettings(), weight, replicas: replicasSetting.default(1) }).optional(),
    /** The database. */
    postgres: z.strictObject(workloadSettings()).prefault({}),
    /** The message broker. */
    valkey: z.strictObject(workloadSettings()).prefault({}),
    /** The Job that migrates the database. */
    migrate: z.strictObject(workloadSettings('database')).prefault({}),
    /** The Job that creates the first administrator. */
    admin: z.strictObject(workloadSettings()).prefault({}),
    /** Volume size of the database; it can grow but never shrink. @default '5Gi' */
    size: quantitySetting.default('5Gi'),
    /** Volume size for two compressed dumps; it can grow but never shrink. @default '5Gi' */
    dumpSize: quantitySetting.default('5Gi'),
  })
  .refine(({ stable, next }) => stable.weight + (next?.weight ?? 0) > 0, {
    path: ['stable', 'weight'],
    error: 'must be above 0, because the weights of all versions add up to 0',
  });

/** Section `postfacto`: one Postfacto, or several by name. */
export const postfactoSection = instances(postfactoSettings, {
  component: 'postfacto',
  tightest: { kind: 'Deployment', suffix: '-stable' },
});
