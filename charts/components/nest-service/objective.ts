import { z } from 'zod';
import { completing } from '../../fault.ts';
import { objectiveRules } from '../../rules/objective.ts';
import type { RuleGroup } from '../../rules/rule.ts';

/** Name of the histogram of requests, which every service exports; a test compares it with apps/common. */
export const REQUESTS = 'http_request_duration_seconds';

/** Upper bounds of its buckets, in seconds; a test compares them with apps/common. */
export const BUCKETS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How well a service has to answer, over thirty days. */
export const sloSetting = z.strictObject({
  /** Percentage of requests that do not fail with a status of 500 or above. @default 99.5 */
  availability: z.number().gt(0).lt(100).default(99.5),
  /**
   * The share `p` of requests that are answered below a time, which is a bound of the histogram's buckets: `10ms`, `25ms`,
   * `50ms`, `100ms`, `250ms`, `500ms`, `1s`, `5s` … @default none
   */
  latency: z.strictObject({ p: z.number().gt(0).lt(1), below: z.string() }).optional(),
});

/**
 * Rules of a service's objective. Requests of the kubelet do not count: an answer that a pod is not ready is no failure.
 *
 * @throws Fault if its buckets do not tell the time that it asks for
 */
export function serviceObjective(service: string, slo: z.output<typeof sloSetting>): RuleGroup[] {
  const rules = (): RuleGroup[] =>
    objectiveRules({
      service,
      ...slo,
      requests: {
        histogram: REQUESTS,
        matchers: `namespace="${service}", route!~"/livez|/readyz"`,
        failed: 'status=~"5.."',
        buckets: BUCKETS,
        source: `service_info{namespace="${service}"}`,
      },
    });
  const { latency } = slo;
  return latency ? completing((problem) => ({ ...problem, setting: { of: latency, key: 'below' } }), rules) : rules();
}
