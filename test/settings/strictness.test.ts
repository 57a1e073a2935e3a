import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { workloadSettings } from '../../charts/lib/workload-settings.ts';
import { SAMPLES } from './samples.ts';

const schema = z.strictObject(workloadSettings());

// That the API server agrees is compared in the lab, test/lab/scenarios/admission.e2e.ts.
describe('settings of a workload', () => {
  it.each(Object.entries(SAMPLES))('%s', (_, { settings, server, stricter }) => {
    const { success, error } = schema.safeParse(settings);
    expect(success).toBe(server === 'accepts' && stricter === undefined);
    // One mistake is one message, in words of its own.
    if (error) expect(error.issues).toHaveLength(1);
  });
});
