import { drop, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import { PROTECTION } from './protection.ts';

const OPTIONS = ['metadata', 'annotations', 'argocd.argoproj.io/sync-options'] as const;

prove(PROTECTION, {
  'SLP-protection-gone': {
    fires: {
      'the annotation is gone': [
        drop('PersistentVolumeClaim', 'data-mongo-0', ...OPTIONS),
        /no longer protected from being pruned when it leaves Git: always before, not at all from now on$/,
      ],
      'Prune=false becomes confirm': [
        set('Namespace', 'mongo', OPTIONS, 'Prune=confirm,Delete=false'),
        /always before, until a person confirms from now on$/,
      ],
    },
    quiet: {
      'another order of the options': set(
        'PersistentVolumeClaim',
        'data-mongo-0',
        OPTIONS,
        'Delete=false, Prune=false',
      ),
      'a removed object': remove('PersistentVolumeClaim', 'data-mongo-0'),
    },
  },
  'SLP-application-cascades': {
    given: drop('Application', 'mongo', 'metadata', 'finalizers'),
    fires: {
      'a finalizer': [
        set('Application', 'mongo', ['metadata', 'finalizers'], ['resources-finalizer.argocd.argoproj.io']),
        /^Application argocd\/mongo deletes all its objects when it is deleted/,
      ],
    },
    quiet: { 'another finalizer': set('Application', 'mongo', ['metadata', 'finalizers'], ['example.com/hold']) },
  },
  'SLP-application-path': {
    fires: {
      'another path': [
        set('Application', 'mongo', ['spec', 'source', 'path'], 'dist/other'),
        /reads https:\S+ dist\/other instead of https:\S+ dist\/\S+, and deletes/,
      ],
    },
    quiet: {
      'an Application that does not prune': set(
        'Application',
        'cert-manager-crds',
        ['spec', 'source', 'path'],
        'deploy',
      ),
      'another commit': set('Application', 'mongo', ['spec', 'source', 'targetRevision'], 'release'),
    },
  },
  'SLP-application-prunes': {
    fires: {
      'prune: true': [
        set('Application', 'cert-manager-crds', ['spec', 'syncPolicy', 'automated', 'prune'], true),
        /deletes what is not in Git from now on/,
      ],
    },
    quiet: { 'prune: false': set('Application', 'mongo', ['spec', 'syncPolicy', 'automated', 'prune'], false) },
  },
});
