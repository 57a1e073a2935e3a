import { add, all, drop, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import type { Manifest } from '../../../lib/manifest.ts';
import { CASCADES } from './cascades.ts';

const OPTIONS = ['metadata', 'annotations', 'argocd.argoproj.io/sync-options'] as const;
const DEFINITION: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'passwords.generators.external-secrets.io' },
  spec: { group: 'generators.external-secrets.io', names: { kind: 'Password', plural: 'passwords' }, versions: [] },
};

prove(CASCADES, {
  'SLP-namespace-with-volumes': {
    given: all(
      set('Namespace', 'mongo', OPTIONS, 'Prune=confirm,Delete=confirm'),
      set('Namespace', 'hello', OPTIONS, 'Prune=confirm'),
    ),
    fires: {
      'a namespace with claims': [
        remove('Namespace', 'mongo'),
        /^Namespace mongo is deleted with everything in it, PersistentVolumeClaim mongo\/data-mongo-0/,
      ],
    },
    quiet: {
      'a namespace with Prune=false': remove('Namespace', 'prometheus'),
      'a namespace without data': remove('Namespace', 'hello'),
    },
  },
  'SLP-namespace-removed': {
    given: set('Namespace', 'hello', OPTIONS, 'Prune=confirm'),
    fires: {
      'a namespace without data': [remove('Namespace', 'hello'), /^Namespace hello is deleted with everything in it/],
    },
    quiet: { 'a namespace with Prune=false': remove('Namespace', 'prometheus') },
  },
  'SLP-definition-removed': {
    given: all(
      add(DEFINITION),
      set('Application', 'velero-crds', ['metadata', 'finalizers'], ['resources-finalizer.argocd.argoproj.io']),
    ),
    fires: {
      'a definition with objects': [
        remove('CustomResourceDefinition'),
        /the API server deletes every object of Password with it: Password mongo\/key/,
      ],
      'an Application of definitions that cascades': [
        remove('Application', 'velero-crds'),
        /every object of its kinds with it: BackupStorageLocation velero\/default, Schedule velero\/volumes/,
      ],
    },
    quiet: {
      'an Application of definitions without a finalizer': remove('Application', 'cert-manager-crds'),
      'another Application': remove('Application', 'hello'),
    },
  },
  'SLP-application-orphans': {
    fires: { 'no finalizer': [drop('Application', 'mongo', 'metadata', 'finalizers'), /leaves all its objects/] },
    quiet: {
      'the other way of deleting': set(
        'Application',
        'mongo',
        ['metadata', 'finalizers'],
        ['resources-finalizer.argocd.argoproj.io'],
      ),
    },
  },
});
