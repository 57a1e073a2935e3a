import { z } from 'zod';

/** What a cluster says about its resource metrics. */
export const metricsServerSettings = z.strictObject({
  /** Pods; with two, autoscalers keep their numbers while a node goes. @default 1 */
  replicas: z.int().min(1).default(1),
});
