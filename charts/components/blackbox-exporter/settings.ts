import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `blackboxExporter`. */
export const blackboxExporterSettings = z.strictObject({
  /** Interval between two requests to a host, in s or m. @default '1m' */
  interval: z
    .string()
    .regex(/^[1-9]\d*[sm]$/, 'must be a duration such as 30s or 2m')
    .default('1m'),
  ...workloadSettings(),
});
