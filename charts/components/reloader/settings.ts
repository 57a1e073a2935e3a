import { z } from 'zod';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `reloader`. */
export const reloaderSettings = z.strictObject(workloadSettings());
