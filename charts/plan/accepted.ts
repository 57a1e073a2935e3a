import { z } from 'zod';
import { day, reason } from '../lib/answered.ts';
import { type Entry, severityOf } from './model.ts';

/** The file in which people answer for dangers, from the repository's root. */
export const ACCEPTED_FILE = 'clusters/accepted.json';

export const acceptedSchema = z.array(
  z.strictObject({
    object: z
      .string()
      .regex(/^\S+ \S+$/, 'must be a kind and a name, such as "PersistentVolumeClaim mongo/data-mongo-2"'),
    rule: z.string().regex(/^SLP-/, 'must be the id of a rule: SLP-…'),
    clusters: z.array(z.string()).min(1).optional(),
    because: reason,
    until: day,
  }),
);

/** A danger that people answer for, on all clusters or on some. */
export type Accepted = z.output<typeof acceptedSchema>[number];

/**
 * Entries with what is accepted of them marked; it is shown, and does not count. One that has run out counts again, and
 * says so.
 *
 * @param today as `2026-12-31`
 */
export function accept(entries: readonly Entry[], accepted: readonly Accepted[], today: string): Entry[] {
  return entries.map((entry) => {
    const findings = entry.findings.map((finding) => {
      const line = accepted.find(
        ({ object, rule, clusters }) =>
          rule === finding.rule &&
          object === entry.object &&
          entry.clusters.every((cluster) => clusters?.includes(cluster) ?? true),
      );
      if (!line) return finding;
      if (line.until < today)
        return { ...finding, says: `${finding.says}; accepted until ${line.until}, which is over` };
      return { ...finding, accepted: { because: line.because, until: line.until } };
    });
    return { ...entry, findings, severity: severityOf(findings) };
  });
}
