import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `kubeStateMetrics`. */
export const kubeStateMetricsSettings = z.strictObject(workloadSettings());
