import { z } from 'zod';

/** What a cluster says about External Secrets. */
export const externalSecretsSettings = z.strictObject({
  /** Pods of the controller, of which one works at a time, and of the webhook. @default 1 */
  replicas: z.int().min(1).default(1),
});
