import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

const FIELD = String.raw`[\d*/,?A-Za-z-]+`;

/** Section `velero`. */
export const veleroSettings = z.strictObject({
  ...workloadSettings('plugin'),
  /** Schedule of the backups: a cron expression with five fields, in UTC. @default '0 2 * * *' */
  schedule: z
    .string()
    .regex(new RegExp(`^${FIELD}( ${FIELD}){4}$`), 'must be a cron expression with five fields, such as 0 2 * * *')
    .default('0 2 * * *'),
  /** Retention of a backup, in days. @default 30 */
  retentionDays: z.int().min(1).default(30),
  /** The agent on every node. */
  nodeAgent: z.strictObject(workloadSettings()).prefault({}),
});
