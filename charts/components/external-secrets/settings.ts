import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `externalSecrets`. */
export const externalSecretsSettings = z.strictObject({
  /** Pods of the controller, of which one is the leader. @default 1 */
  replicas: z.int().min(1).default(1),
  /** The admission webhook. */
  webhook: z
    .strictObject({
      ...workloadSettings(),
      /** Pods. @default as many as of the controller, and at least two */
      replicas: replicasSetting.optional(),
    })
    .prefault({}),
  ...workloadSettings(),
});

/** Section `secrets`: names of the entries that people keep in the store, without the prefix of the cluster. */
export const givenSecrets = z
  .array(
    z
      .string()
      .regex(
        /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
        'must be lower-case letters, digits and hyphens, such as smtp or registry-mirror',
      ),
  )
  .superRefine((names, context) => {
    for (const [i, name] of names.entries())
      if (names.indexOf(name) < i)
        context.addIssue({ code: 'custom', path: [i], message: `"${name}" is listed twice: remove one` });
  });
