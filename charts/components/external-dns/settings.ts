import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `externalDns`. */
export const externalDnsSettings = z.strictObject({
  /** `sync` also deletes records whose route is gone; `upsert-only` never deletes. @default 'upsert-only' */
  policy: z.enum(['upsert-only', 'sync']).default('upsert-only'),
  /** Interval between synchronizations of the zone, in s, m or h. @default '1m' */
  interval: z
    .string()
    .regex(/^[1-9]\d*[smh]$/, 'must be a duration such as 30s, 5m or 1h')
    .default('1m'),
  ...workloadSettings(),
});
