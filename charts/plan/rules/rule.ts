import type { Manifest } from '../../lib/manifest.ts';
import type { Context, ObjectChange, Rule } from '../change.ts';
import type { Finding, Severity } from '../model.ts';

export type { Context } from '../change.ts';

/** A rule all of whose findings have one severity. */
export interface GradedRule extends Rule {
  readonly severity: Severity;
}

/** A finding, apart from what its rule says of all of them. */
export type Said = Pick<Finding, 'path' | 'says' | 'instead'>;

/** What a rule looks at. What is left out has no findings. */
interface Judgement extends Pick<GradedRule, 'severity' | 'about' | 'kinds' | 'refuses'> {
  /** An object that is new. */
  created?(after: Manifest, context: Context): readonly Said[];
  /** An object of both sides. */
  changed?(before: Manifest, after: Manifest, context: Context): readonly Said[];
  /** An object that is new, without its version before, or changed. */
  written?(before: Manifest | undefined, after: Manifest, context: Context): readonly Said[];
  /** An object that is gone. */
  removed?(before: Manifest, context: Context): readonly Said[];
}

/** Declares a rule. @param id `SLP-…` */
export function rule(id: string, judgement: Judgement): GradedRule {
  const { severity, about, kinds, refuses } = judgement;
  return {
    id,
    severity,
    about,
    kinds,
    refuses,
    check: (change, context) => judge(judgement, change, context).map((said) => ({ rule: id, severity, ...said })),
  };
}

function judge(of: Judgement, { before, after }: ObjectChange, context: Context): readonly Said[] {
  const old = before?.manifest;
  if (after) {
    const { manifest } = after;
    const own = old ? of.changed?.(old, manifest, context) : of.created?.(manifest, context);
    return [...(own ?? []), ...(of.written?.(old, manifest, context) ?? [])];
  }
  return old ? (of.removed?.(old, context) ?? []) : [];
}

/** Faults of an object that its version before did not have. */
export function newFaults(find: (manifest: Manifest) => readonly Said[]): NonNullable<Judgement['written']> {
  return (before, after) => {
    const now = find(after);
    if (now.length === 0 || !before) return now;
    const old = new Set(find(before).map(({ says }) => says));
    return now.filter(({ says }) => !old.has(says));
  };
}

/**
 * What of an object may not be as before, and whose it is: without the fields whose value is the very same one in both
 * versions, as two of which a section of YAML is read once.
 */
export function newParts(before: Manifest | undefined, after: Manifest): Manifest {
  const { apiVersion, kind, metadata } = after;
  const parts = Object.entries(after).filter(([field, value]) => value !== before?.[field]);
  return { ...Object.fromEntries(parts), apiVersion, kind, metadata };
}

/** True if an object is the same in both trees. */
export function isUnchanged(before: Manifest | undefined, after: Manifest): boolean {
  // One file of both trees is one object: only a moved one is compared.
  return before === after || JSON.stringify(before) === JSON.stringify(after);
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Names in a sentence; of many the first few. */
export function listed(names: readonly string[], most = 5): string {
  const unique = [...new Set(names)];
  const more = unique.length - most;
  return more > 0 ? `${unique.slice(0, most).join(', ')} and ${more} more` : unique.join(', ');
}

/** What is in the first list and not in the second. */
export function without<T>(all: Iterable<T>, others: Iterable<T>): T[] {
  const known = new Set(others);
  return [...new Set(all)].filter((one) => !known.has(one));
}
