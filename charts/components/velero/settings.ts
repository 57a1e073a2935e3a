import { z } from 'zod';

const FIELD = String.raw`[\d*/,?A-Za-z-]+`;

/** What a cluster says about its backups. */
export const veleroSettings = z.strictObject({
  /** When volumes are backed up: five fields of cron, in UTC. @default '0 2 * * *' */
  schedule: z
    .string()
    .regex(new RegExp(`^${FIELD}( ${FIELD}){4}$`), 'must be five fields of cron, such as 0 2 * * *')
    .default('0 2 * * *'),
  /** Days that a backup is kept. @default 30 */
  retentionDays: z.int().min(1).default(30),
});
