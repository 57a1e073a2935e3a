import { z } from 'zod';
import { cronJobSchedule } from '../../lib/cron-job.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `restoreDrill`. */
export const restoreDrillSettings = z.strictObject({
  /** When it runs: a cron expression with five fields, in UTC. @default '0 6 * * 0', on Sundays at six */
  schedule: cronJobSchedule.default('0 6 * * 0'),
  ...workloadSettings('remove-last', 'forget-last', 'restore', 'restored', 'ended', 'verified'),
});
