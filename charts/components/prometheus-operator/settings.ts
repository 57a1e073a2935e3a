import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `prometheusOperator`. */
export const prometheusOperatorSettings = z.strictObject(workloadSettings());
