/**
 * Argo CD's annotations on a synced object, joined into the one value it reads
 * (argo-cd.readthedocs.io/en/stable/user-guide/sync-options).
 */
export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';
export const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/** Name of the Application that syncs all others, and itself: the only one that a person applies. */
export const ROOT = 'root';

/** Never pruned, never deleted with its Application: what holds data, or what holds what holds data. */
export const KEEP: Record<string, string> = { [SYNC_OPTIONS]: 'Prune=false,Delete=false' };

/** Pruned or deleted only after a person confirmed it in Argo CD. */
export const ASK: Record<string, string> = { [SYNC_OPTIONS]: 'Prune=confirm,Delete=confirm' };

/**
 * A Job that runs again on every sync of its Application, before what depends on it; the old one is removed
 * first, because a Job's template is immutable. It must be idempotent.
 */
export const JOB_EACH_SYNC: Record<string, string> = {
  'argocd.argoproj.io/hook': 'Sync',
  'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
};
