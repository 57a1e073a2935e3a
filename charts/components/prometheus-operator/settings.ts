import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `prometheusOperator`. */
export const prometheusOperatorSettings = z.strictObject({
  /** The admission webhook. */
  webhook: z
    .strictObject({
      ...workloadSettings(),
      /** Pods. While none is ready, what they would refuse is admitted. @default 1 */
      replicas: replicasSetting.default(1),
    })
    .prefault({}),
  ...workloadSettings(),
});
