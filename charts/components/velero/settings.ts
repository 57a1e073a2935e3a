import { z } from 'zod';
import { resources } from '../../lib/kubernetes-settings.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';
import { scheduleSetting } from './schedule.ts';

/** Section `velero`. */
export const veleroSettings = z.strictObject({
  /**
   * Schedule of the backups: a cron expression with five fields, a macro such as `@daily`, or `@every 12h`; in UTC, or
   * in another time zone after `CRON_TZ=Europe/Berlin `. @default '0 2 * * *'
   */
  schedule: scheduleSetting.default('0 2 * * *'),
  /** Retention of a backup, in days, at most a hundred years. @default 30 */
  retentionDays: z.int().min(1).max(36_500).default(30),
  /** The agent on every node. */
  nodeAgent: z.strictObject(workloadSettings()).prefault({}),
  /** The pods that Velero starts to move the data of a volume, and to maintain the repositories. */
  startedPods: z
    .strictObject({
      /** Requests and limits, each one optional. @default 100m and 256Mi, limits 1 and 1Gi */
      resources: resources.optional(),
    })
    .prefault({}),
  /**
   * Where backups are stored, on a cloud that has no store for them: an instance of the section `objectStore`. Required
   * if there are several. @default the only one
   */
  objectStore: z.string().optional(),
  ...workloadSettings('plugin'),
});
