import { z } from 'zod';
import { day, reason } from '../lib/answered.ts';
import { type Entry, type Finding, severityOf } from './model.ts';

/** The file in which people answer for dangers, from the repository's root. */
export const ACCEPTED_FILE = 'clusters/accepted.json';

export const acceptedSchema = z.array(
  z.strictObject({
    object: z
      .string()
      .regex(/^\S+ \S+$/, 'must be a kind and a name, such as "PersistentVolumeClaim mongo/data-mongo-2"'),
    rule: z.string(),
    clusters: z.array(z.string()).min(1).optional(),
    because: reason,
    until: day,
  }),
);

/** A danger that people answer for, on all clusters or on some. */
export type Accepted = z.output<typeof acceptedSchema>[number];

/** True after the last day of a line. @param today as `2026-12-31` */
export function isOver({ until }: Accepted, today: string): boolean {
  return until < today;
}

/** What people answer for, and which lines of it a plan needs. */
export class AcceptedDangers {
  readonly #lines: readonly Accepted[];
  readonly #today: string;
  readonly #needed = new Set<Accepted>();

  /** @param today as `2026-12-31` */
  constructor(lines: readonly Accepted[], today: string) {
    this.#lines = lines;
    this.#today = today;
  }

  /**
   * Entries of the next cluster with what is accepted of them marked; it is shown, and does not count. One that has run
   * out counts again, and says so.
   */
  accept(entries: readonly Entry[]): Entry[] {
    return entries.map((entry) => {
      const findings = entry.findings.map((finding) => this.#marked(finding, entry));
      return { ...entry, findings, severity: severityOf(findings) };
    });
  }

  /** True if the line accepts something that was asked for, or would if it were not over. */
  isNeeded(line: Accepted): boolean {
    return this.#needed.has(line);
  }

  #marked(finding: Finding, { object, clusters }: Entry): Finding {
    const lines = this.#lines.filter(
      (line) =>
        line.rule === finding.rule &&
        line.object === object &&
        clusters.every((cluster) => line.clusters?.includes(cluster) ?? true),
    );
    const last = lines.toSorted((one, other) => one.until.localeCompare(other.until)).at(-1);
    if (!last) return finding;
    // One that is over was replaced, if another one ends later.
    for (const line of lines) if (line === last || !isOver(line, this.#today)) this.#needed.add(line);
    if (isOver(last, this.#today))
      return { ...finding, says: `${finding.says}; accepted until ${last.until}, which is over` };
    return { ...finding, accepted: { because: last.because, until: last.until } };
  }
}
