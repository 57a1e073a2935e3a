import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `metricsServer`. */
export const metricsServerSettings = z.strictObject({
  /** Pods; with two, autoscalers still have metrics during a node drain. @default 1 */
  replicas: z.int().min(1).default(1),
  ...workloadSettings(),
});
