import { at, label, textAt } from '../../charts/lib/manifest.ts';
import { mapAt, ofKind } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** The longest that a hook may run, in seconds: a pushed fix waits for it. */
const LONGEST = 900;

/** A Job's pod template is immutable, so each sync replaces the Job; and it leaves repeating itself to the sync. */
export const replacedJobs = invariant('every Job is replaced by each sync, ends, and fails at once', (cluster) =>
  ofKind(cluster, 'Job').flatMap((job) => {
    const annotations = mapAt(job, 'metadata', 'annotations');
    const deadline = Number(at(job, 'spec', 'activeDeadlineSeconds') ?? Infinity);
    return [
      ...(textAt(annotations, 'argocd.argoproj.io/hook') === 'Sync' &&
      textAt(annotations, 'argocd.argoproj.io/hook-delete-policy') === 'BeforeHookCreation'
        ? []
        : [`${label(job)} is not replaced by the next sync, which the API server then refuses`]),
      ...(deadline <= LONGEST ? [] : [`${label(job)} may hold up a pushed fix for more than ${LONGEST} s`]),
      ...(at(job, 'spec', 'backoffLimit') === 0 ? [] : [`${label(job)} repeats its failed pods, not the sync`]),
    ];
  }),
);
