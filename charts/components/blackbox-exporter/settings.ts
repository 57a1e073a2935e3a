import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';
import { secondsOfRule } from '../../rules/rule.ts';

/** How long a probe may take; the operator rejects one that is repeated sooner. */
export const PROBE_SECONDS = 15;

/** Section `blackboxExporter`. */
export const blackboxExporterSettings = z.strictObject({
  /** Interval between two requests to a host, in s or m; not less than a request may take. @default '1m' */
  interval: z
    .string()
    .regex(/^[1-9]\d*[sm]$/, { error: 'must be a duration such as 30s or 2m', abort: true })
    .refine((interval) => secondsOfRule(interval) >= PROBE_SECONDS, `must be ${PROBE_SECONDS}s or more`)
    .default('1m'),
  ...workloadSettings(),
});
