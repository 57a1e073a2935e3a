import { z } from 'zod';

/** Why something is not as it should be: a sentence, not a word. */
export const reason = z.string().trim().min(10, 'must give the reason');

/** The last day on which it may be so. */
export const day = z.iso.date({ error: 'must be a day, such as 2026-12-31' });
