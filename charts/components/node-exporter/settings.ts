import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `nodeExporter`. */
export const nodeExporterSettings = z.strictObject(workloadSettings());
