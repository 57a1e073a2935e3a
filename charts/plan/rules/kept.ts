import { SYNC_OPTIONS } from '../../lib/argo.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import type { Snapshot } from '../change.ts';
import type { Context } from './rule.ts';

/** The options of an object that Argo CD reads: `Prune=false`. */
export function syncOptions(manifest: Manifest): string[] {
  const text = manifest.metadata.annotations?.[SYNC_OPTIONS] ?? '';
  return text
    .split(',')
    .map((option) => option.trim())
    .filter(Boolean);
}

/**
 * True if an object that is no longer in Git stays in the cluster. Of an object, what counts is what it was before: Argo
 * CD reads the live one.
 */
export function isKept(removed: Manifest, { before, after, application }: Context): boolean {
  const options = syncOptions(removed);
  const [old, now] = [applicationOf(before, application), applicationOf(after, application)];
  if (old && !now) return options.includes('Delete=false') || !cascades(old);
  const automated = at(now, 'spec', 'syncPolicy', 'automated');
  return options.includes('Prune=false') || (automated !== undefined && at(automated, 'prune') !== true);
}

/** True if an Application takes its objects along when it is deleted. */
export function cascades(application: Manifest): boolean {
  return listAt(application, 'metadata', 'finalizers').some((name) =>
    String(name).startsWith('resources-finalizer.argocd.argoproj.io'),
  );
}

/** An Application by its name. */
export function applicationOf(snapshot: Snapshot, name: string): Manifest | undefined {
  return snapshot.application(name)?.manifest;
}
