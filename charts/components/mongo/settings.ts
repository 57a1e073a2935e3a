import { z } from 'zod';
import { DUMPS_DO_NOT_FIT, holdsDumps } from '../../lib/dump-size.ts';
import { instances } from '../../lib/instances.ts';
import { bytesOf, quantitySetting } from '../../lib/quantity.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';
import { tlsSetting } from './tls.ts';

/** The minimum cache, and as much for the server with its connections. */
const MIN_MEMORY = '512Mi';

/** Settings of a replica set. */
export const mongoSettings = z
  .strictObject({
    /**
     * Members, each on a node of its own: 3, 5 or 7. Of three, one may be away while data is written, of five two. They are added and
     * removed one by one, and a removed one's volume stays. @default 3
     */
    members: z.literal([3, 5, 7]).default(3),
    /** Volume size of each member; it can grow but never shrink. @default '10Gi' */
    size: quantitySetting.default('10Gi'),
    /** Volume size for two compressed dumps of all data; it can grow but never shrink. @default size */
    dumpSize: quantitySetting.optional(),
    /** Memory of each member, at least 512Mi; half of what exceeds 1Gi is cache. @default '1Gi' */
    memory: quantitySetting
      .refine((memory) => bytesOf(memory) >= bytesOf(MIN_MEMORY), `must be at least ${MIN_MEMORY}`)
      .default('1Gi'),
    tls: tlsSetting,
    /**
     * Release line whose features data may use: that of the image, or of the major version before it until there is no way back to
     * that. The setup Job raises it, and never lowers it. @default '8.0'
     */
    featuresOf: z
      .string()
      .regex(/^\d+\.\d+$/, 'must be a release line such as "8.0"')
      .default('8.0'),
    /** The pod in which the dumps are taken. */
    dump: z.strictObject(workloadSettings()).prefault({}),
    /** The Job that initiates the replica set and reconciles its users. */
    setup: z.strictObject(workloadSettings()).prefault({}),
    ...workloadSettings('key-file', 'health', 'exporter'),
  })
  .refine(({ resources }) => resources?.limits?.memory === undefined && resources?.requests?.memory === undefined, {
    path: ['resources'],
    error: 'memory of the members is set by "memory", from which their cache is derived: set that instead',
  })
  .refine(holdsDumps, DUMPS_DO_NOT_FIT);

/** Section `mongo`: one replica set, or several by name. */
export const mongoSection = instances(mongoSettings, {
  component: 'mongo',
  tightest: { kind: 'StatefulSet', suffix: '-dump' },
});
