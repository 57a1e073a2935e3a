import { z } from 'zod';

const FIELD = String.raw`[\d*/,?A-Za-z-]+`;

/** Section `velero`. */
export const veleroSettings = z.strictObject({
  /** Schedule of the backups: a cron expression with five fields, in UTC. @default '0 2 * * *' */
  schedule: z
    .string()
    .regex(new RegExp(`^${FIELD}( ${FIELD}){4}$`), 'must be a cron expression with five fields, such as 0 2 * * *')
    .default('0 2 * * *'),
  /** Retention of a backup, in days. @default 30 */
  retentionDays: z.int().min(1).default(30),
  /**
   * Where backups are stored, on a cloud that has no store for them: an instance of the section `objectStore`. Required
   * if there are several. @default the only one
   */
  objectStore: z.string().optional(),
});
