import { z } from 'zod';

/** Section `externalSecrets`. */
export const externalSecretsSettings = z.strictObject({
  /** Pods of the controller, of which one is the leader, and of the webhook. @default 1 */
  replicas: z.int().min(1).default(1),
});
