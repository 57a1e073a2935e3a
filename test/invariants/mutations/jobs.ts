import { replacedJobs } from '../jobs.ts';
import { type Mutation, mutations } from './mutation.ts';

/** Jobs. */
export const jobsMutations: readonly Mutation[] = mutations(replacedJobs, {
  'Job that is no hook': [
    (d) => d.drop(d.find('Job'), 'metadata', 'annotations', 'argocd.argoproj.io/hook'),
    /is not replaced by the next sync/,
  ],
  'Job that is not deleted before the next sync': [
    (d) => d.drop(d.find('Job'), 'metadata', 'annotations', 'argocd.argoproj.io/hook-delete-policy'),
    /is not replaced by the next sync/,
  ],
  'Job without a deadline': [(d) => d.drop(d.find('Job'), 'spec', 'activeDeadlineSeconds'), /may hold up a pushed fix/],
  'Job that retries by itself': [(d) => d.drop(d.find('Job'), 'spec', 'backoffLimit'), /repeats its failed pods/],
});
