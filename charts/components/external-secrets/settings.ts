import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `externalSecrets`. */
export const externalSecretsSettings = z.strictObject({
  ...workloadSettings(),
  /** Pods of the controller, of which one is the leader, and of the webhook. @default 1 */
  replicas: z.int().min(1).default(1),
  /** The admission webhook. */
  webhook: z
    .strictObject({
      ...workloadSettings(),
      /** Pods. @default as many as of the controller */
      replicas: replicasSetting.optional(),
    })
    .prefault({}),
});
