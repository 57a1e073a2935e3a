import type { Manifest } from './manifest.ts';

/**
 * Annotations that Argo CD reads from a synced object (argo-cd.readthedocs.io/en/stable/user-guide/sync-options);
 * several sync options are one comma-separated value.
 */
export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';
export const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';
export const HOOK = 'argocd.argoproj.io/hook';
export const HOOK_DELETE_POLICY = 'argocd.argoproj.io/hook-delete-policy';
export const COMPARE_OPTIONS = 'argocd.argoproj.io/compare-options';

/** Finalizer of an Application that is deleted with all that it synced; a suffix says in which way. */
export const FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** The sync options of an object: `Prune=false`. */
export function syncOptionsOf({ metadata }: Manifest): string[] {
  return (metadata.annotations?.[SYNC_OPTIONS] ?? '').split(',').map((option) => option.trim());
}

/** A kind, as an AppProject names it; the core group is the empty string. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** Kinds that only the root Application may sync. */
export const ARGO_KINDS: readonly GroupKind[] = [
  { group: 'argoproj.io', kind: 'AppProject' },
  { group: 'argoproj.io', kind: 'Application' },
];

/** The cluster that Argo CD runs in, as destination of Applications. */
export const IN_CLUSTER = 'https://kubernetes.default.svc';

/**
 * Annotation of an Application that another one waits for: how many seconds, while it is not healthy, the root holds
 * back the Applications of later waves.
 */
export const HOLDS_BACK_SECONDS = 'slipway.dev/holds-back-seconds';

/** Name of the Application that syncs all others and itself: the only one applied by hand. */
export const ROOT = 'root';

/** Never pruned, never deleted with its Application: for volumes and the namespaces that contain them. */
export const KEEP: Record<string, string> = { [SYNC_OPTIONS]: 'Prune=false,Delete=false' };

/** Still Synced when it is no longer rendered, as a kept volume is after its StatefulSet has fewer replicas. */
export const EXTRANEOUS_IGNORED: Record<string, string> = { [COMPARE_OPTIONS]: 'IgnoreExtraneous' };

/** Pruned or deleted only after confirmation in Argo CD. */
export const CONFIRM: Record<string, string> = { [SYNC_OPTIONS]: 'Prune=confirm,Delete=confirm' };

/**
 * Runs a Job on every sync of its Application, before its dependents. The previous Job is deleted first, because the
 * pod template of a Job is immutable; no Job is rendered without it. The Job must be idempotent.
 */
export const JOB_EACH_SYNC: Record<string, string> = { [HOOK]: 'Sync', [HOOK_DELETE_POLICY]: 'BeforeHookCreation' };
