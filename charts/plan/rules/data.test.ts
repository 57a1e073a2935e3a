import type { Draft } from '../../../test/lib/draft.ts';
import { add, all, CONTAINER, drop, POD, type Proof, prove, push, remove, set } from '../../../test/lib/plan-rules.ts';
import type { Manifest } from '../../lib/manifest.ts';
import { DATA } from './data.ts';

const OPTIONS = ['metadata', 'annotations', 'argocd.argoproj.io/sync-options'] as const;
const RETENTION = ['spec', 'persistentVolumeClaimRetentionPolicy'] as const;
const TEMPLATE = ['spec', 'template'] as const;

const VOLUME: Manifest = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'archive' },
  spec: { capacity: { storage: '5Gi' }, persistentVolumeReclaimPolicy: 'Retain', nfs: { server: 'a', path: '/' } },
};

const DEFINITION: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'passwords.generators.external-secrets.io' },
  spec: { group: 'generators.external-secrets.io', names: { kind: 'Password', plural: 'passwords' }, versions: [] },
};

/** The mount of a database's volume. */
function mountOf(d: Draft): { readonly set: Manifest; readonly index: number } {
  const found = d.find('StatefulSet', 'mongo-dump');
  const mounts = (
    found as unknown as { spec: { template: { spec: { containers: { volumeMounts: { name: string }[] }[] } } } }
  ).spec.template.spec.containers[0]!.volumeMounts;
  return { set: found, index: mounts.findIndex(({ name }) => name === 'dump') };
}

const unprotected = set('PersistentVolumeClaim', 'data-mongo-0', OPTIONS, 'Delete=false');

const PROOFS: Readonly<Record<string, Proof>> = {
  'SLP-volume-removed': {
    given: all(unprotected, add(VOLUME)),
    fires: {
      'a claim that may be pruned': [
        remove('PersistentVolumeClaim', 'data-mongo-0'),
        /^PersistentVolumeClaim mongo\/data-mongo-0 is deleted with its disk, which its StorageClass .* retains/,
      ],
      'a volume': [remove('PersistentVolume', 'archive'), /^PersistentVolume archive is deleted/],
    },
    quiet: {
      'a claim with Prune=false': remove('PersistentVolumeClaim', 'data-mongo-1'),
      'a claim with Delete=false, with its Application': all(
        remove('PersistentVolumeClaim', 'data-mongo-0'),
        remove('Application', 'mongo'),
      ),
      'a claim of an Application that does not prune': all(
        remove('PersistentVolumeClaim', 'data-mongo-0'),
        set('Application', 'mongo', ['spec', 'syncPolicy', 'automated', 'prune'], false),
      ),
      'a larger claim': set(
        'PersistentVolumeClaim',
        'data-mongo-0',
        ['spec', 'resources', 'requests', 'storage'],
        '900Gi',
      ),
    },
  },
  'SLP-claim-unmounted': {
    given: push('Deployment', 'hello', [...POD, 'volumes'], {
      name: 'files',
      persistentVolumeClaim: { claimName: 'files' },
    }),
    fires: {
      'a claim template whose volume is an emptyDir': [
        (d) => {
          const { set: found, index } = mountOf(d);
          d.push(found, [...POD, 'volumes'], { name: 'scratch', emptyDir: {} });
          d.set(found, [...CONTAINER, 'volumeMounts', index, 'name'], 'scratch');
          d.set(found, ['spec', 'volumeClaimTemplates'], []);
        },
        /no longer has claim template dump at \/dump: it has emptyDir there$/,
      ],
    },
    quiet: {
      'a volume that no container mounted': (d) => {
        const found = d.find('Deployment', 'hello');
        d.set(found, [...POD, 'volumes', 1], { name: 'files', emptyDir: {} });
      },
      'a claim in another container too': push('StatefulSet', 'mongo', [...POD, 'containers'], {
        name: 'second',
        image: 'a:1',
        volumeMounts: [{ name: 'data', mountPath: '/other' }],
      }),
    },
  },
  'SLP-mount-moved': {
    fires: {
      'another mountPath': [
        (d) => {
          const { set: found, index } = mountOf(d);
          d.set(found, [...CONTAINER, 'volumeMounts', index, 'mountPath'], '/elsewhere');
        },
        /has claim template dump at \/elsewhere instead of \/dump$/,
      ],
      'a subPath': [
        (d) => {
          const { set: found, index } = mountOf(d);
          d.set(found, [...CONTAINER, 'volumeMounts', index, 'subPath'], 'a');
        },
        /at \/dump \(subPath a\) instead of \/dump$/,
      ],
    },
    quiet: {
      'another path of an emptyDir': (d) => {
        const { set: found } = mountOf(d);
        d.set(found, [...CONTAINER, 'volumeMounts', 0, 'mountPath'], '/temporary');
      },
    },
  },
  'SLP-claim-template-renamed': {
    fires: {
      'another name': [
        set('StatefulSet', 'mongo', ['spec', 'volumeClaimTemplates', 0, 'metadata', 'name'], 'db'),
        /no longer uses the claims data-mongo-0 and further, but new ones of db$/,
      ],
    },
    quiet: {
      'another size': set(
        'StatefulSet',
        'mongo',
        ['spec', 'volumeClaimTemplates', 0, 'spec', 'resources', 'requests', 'storage'],
        '2Gi',
      ),
    },
  },
  'SLP-reclaim-delete': {
    given: add(VOLUME),
    fires: {
      'Retain to Delete': [
        set('PersistentVolume', 'archive', ['spec', 'persistentVolumeReclaimPolicy'], 'Delete'),
        /was Retain, and is Delete$/,
      ],
    },
    quiet: { 'a larger capacity': set('PersistentVolume', 'archive', ['spec', 'capacity', 'storage'], '6Gi') },
  },
  'SLP-set-removed-with-volumes': {
    given: set('StatefulSet', 'mongo', [...RETENTION, 'whenDeleted'], 'Delete'),
    fires: {
      'a set with whenDeleted: Delete': [
        remove('StatefulSet', 'mongo'),
        /takes its claims data-mongo-0, data-mongo-1, data-mongo-2 along$/,
      ],
    },
    quiet: { 'a set with whenDeleted: Retain': remove('StatefulSet', 'mongo-dump') },
  },
  'SLP-set-removed': {
    given: set('StatefulSet', 'mongo', [...RETENTION, 'whenDeleted'], 'Delete'),
    fires: {
      'a set with whenDeleted: Retain': [remove('StatefulSet', 'mongo-dump'), /its claims dump-mongo-dump-0 stay/],
      'a server of an operator': [remove('Alertmanager', 'main'), /^Alertmanager alertmanager\/main is deleted/],
    },
    quiet: {
      'a set with whenDeleted: Delete': remove('StatefulSet', 'mongo'),
      'a Deployment': remove('Deployment', 'hello'),
    },
  },
  'SLP-retention-delete': {
    fires: {
      whenDeleted: [
        set('StatefulSet', 'mongo', [...RETENTION, 'whenDeleted'], 'Delete'),
        /deletes its claims when it is deleted: whenDeleted was Retain, and is Delete$/,
      ],
      whenScaled: [
        set('StatefulSet', 'mongo', [...RETENTION, 'whenScaled'], 'Delete'),
        /of members that it no longer has/,
      ],
    },
    quiet: { 'the default, Retain': drop('StatefulSet', 'mongo', ...RETENTION) },
  },
  'SLP-volumes-scaled-away': {
    given: set('StatefulSet', 'mongo', [...RETENTION, 'whenScaled'], 'Delete'),
    fires: {
      'fewer replicas': [
        set('StatefulSet', 'mongo', ['spec', 'replicas'], 1),
        /from 3 to 1 replicas and deletes the claims data-mongo-1, data-mongo-2$/,
      ],
    },
    quiet: {
      'more replicas': set('StatefulSet', 'mongo', ['spec', 'replicas'], 5),
      'fewer replicas with whenScaled: Retain': set('StatefulSet', 'postfacto-postgres', ['spec', 'replicas'], 0),
    },
  },
  'SLP-fewer-members': {
    fires: {
      'no majority': [
        set('StatefulSet', 'mongo', ['spec', 'replicas'], 1),
        /^StatefulSet mongo\/mongo goes from 3 to 1 replicas: 1 of 3 members are no majority, which is 2/,
      ],
      'a majority': [set('StatefulSet', 'mongo', ['spec', 'replicas'], 2), /the members 2 to 2 go/],
    },
    quiet: {
      'more replicas': set('StatefulSet', 'mongo', ['spec', 'replicas'], 5),
      'a Deployment': set('Deployment', 'hello', ['spec', 'replicas'], 1),
    },
  },
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
      'a namespace with Prune=false': remove('Namespace', 'postfacto'),
      'a namespace without data': remove('Namespace', 'hello'),
    },
  },
  'SLP-namespace-removed': {
    given: set('Namespace', 'hello', OPTIONS, 'Prune=confirm'),
    fires: {
      'a namespace without data': [remove('Namespace', 'hello'), /^Namespace hello is deleted with everything in it/],
    },
    quiet: { 'a namespace with Prune=false': remove('Namespace', 'postfacto') },
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
  'SLP-backup-stops': {
    fires: {
      removed: [remove('Schedule'), /^Schedule velero\/volumes is deleted: nothing backs up /],
      paused: [set('Schedule', 'volumes', ['spec', 'paused'], true), /^Schedule velero\/volumes is paused/],
    },
    quiet: { 'not paused, as by default': set('Schedule', 'volumes', ['spec', 'paused'], false) },
  },
  'SLP-backup-rarer': {
    given: set('Schedule', 'volumes', ['spec', 'schedule'], '0 1 * * *'),
    fires: {
      weekly: [
        set('Schedule', 'volumes', ['spec', 'schedule'], '0 1 * * 0'),
        /every 168 hours instead of every 24: 0 1 \* \* \* → 0 1 \* \* 0$/,
      ],
      'nothing that Velero reads': [set('Schedule', 'volumes', ['spec', 'schedule'], 'daily'), /at least never/],
    },
    quiet: {
      'another hour': set('Schedule', 'volumes', ['spec', 'schedule'], '30 3 * * *'),
      'more often': set('Schedule', 'volumes', ['spec', 'schedule'], '@every 6h'),
      'the same by another name': set('Schedule', 'volumes', ['spec', 'schedule'], '@daily'),
    },
  },
  'SLP-backup-shorter': {
    given: set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '720h0m0s'),
    fires: {
      'a week': [set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '168h'), /after 168 hours instead of 720$/],
    },
    quiet: {
      'the same duration': set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '43200m'),
      'the default': drop('Schedule', 'volumes', 'spec', 'template', 'ttl'),
    },
  },
  'SLP-backup-leaves-out': {
    fires: {
      'a namespace': [
        set('Schedule', 'volumes', ['spec', 'template', 'includedNamespaces'], ['mongo']),
        /no longer backs up .*postfacto.*, but only mongo$/,
      ],
      'excluded claims': [
        push('Schedule', 'volumes', ['spec', 'template', 'excludedResources'], 'persistentvolumeclaims'),
        /no longer backs up persistentvolumeclaims$/,
      ],
      'the content': [
        drop('Schedule', 'volumes', 'spec', 'template', 'snapshotMoveData'),
        /no longer copies the content of volumes by snapshotMoveData$/,
      ],
    },
    quiet: {
      'all namespaces': set('Schedule', 'volumes', ['spec', 'template', 'includedNamespaces'], ['*']),
      'another namespace too': push('Schedule', 'volumes', ['spec', 'template', 'includedNamespaces'], 'hello'),
    },
  },
  'SLP-backup-location': {
    fires: {
      'another bucket': [
        set('BackupStorageLocation', 'default', ['spec', 'objectStorage', 'bucket'], 'elsewhere'),
        /is somewhere else \(bucket=elsewhere\)/,
      ],
      'read-only': [set('BackupStorageLocation', 'default', ['spec', 'accessMode'], 'ReadOnly'), /becomes read-only/],
      removed: [remove('BackupStorageLocation'), /is deleted, and Velero with it forgets/],
    },
    quiet: { 'the default access': drop('BackupStorageLocation', 'default', 'spec', 'accessMode') },
  },
  'SLP-snapshots-deleted': {
    given: set('VolumeSnapshotClass', 'velero', ['deletionPolicy'], 'Retain'),
    fires: {
      Delete: [set('VolumeSnapshotClass', 'velero', ['deletionPolicy'], 'Delete'), /was Retain, and is Delete$/],
    },
    quiet: { 'another driver': set('VolumeSnapshotClass', 'velero', ['driver'], 'other') },
  },
  'SLP-backup-hook-gone': {
    fires: {
      'no command': [
        drop('StatefulSet', 'mongo-dump', ...TEMPLATE, 'metadata', 'annotations', 'pre.hook.backup.velero.io/command'),
        /^Backups of StatefulSet mongo\/mongo-dump are made without its hook/,
      ],
      'a volume left out': [
        set(
          'StatefulSet',
          'mongo-dump',
          [...TEMPLATE, 'metadata', 'annotations', 'backup.velero.io/backup-volumes-excludes'],
          'dump',
        ),
        /no longer copies the files of volume dump/,
      ],
    },
    quiet: {
      'a longer timeout': set(
        'StatefulSet',
        'mongo-dump',
        [...TEMPLATE, 'metadata', 'annotations', 'pre.hook.backup.velero.io/timeout'],
        '9h',
      ),
    },
  },
  'SLP-password-regenerated': {
    given: set('PushSecret', 'root', ['spec', 'updatePolicy'], 'Replace'),
    fires: {
      'a longer password': [
        set('Password', 'root', ['spec', 'length'], 60),
        /^PushSecret mongo\/root stores a new value of Password mongo\/root/,
      ],
    },
    quiet: { 'one that is stored once': set('Password', 'exporter', ['spec', 'length'], 60) },
  },
  'SLP-secret-entry': {
    fires: {
      'another entry': [
        set('ExternalSecret', 'mongo-users', ['spec', 'data', 0, 'remoteRef', 'key'], 'other'),
        /comes from the entry other\.password instead of /,
      ],
      'another name': [
        set('PushSecret', 'root', ['spec', 'data', 0, 'match', 'remoteRef', 'remoteKey'], 'other'),
        /^PushSecret mongo\/root writes other and no longer /,
      ],
    },
    quiet: {
      'a new key': push('ExternalSecret', 'mongo-users', ['spec', 'data'], {
        secretKey: 'more',
        remoteRef: { key: 'more' },
      }),
    },
  },
  'SLP-secret-target': {
    fires: {
      'another name': [
        set('ExternalSecret', 'mongo-users', ['spec', 'target', 'name'], 'users'),
        /writes Secret users, and Secret mongo-users is deleted$/,
      ],
      'another owner': [
        set('ExternalSecret', 'mongo-users', ['spec', 'target', 'creationPolicy'], 'Merge'),
        /was Owner, and is Merge/,
      ],
      'deletionPolicy Delete': [
        set('ExternalSecret', 'mongo-users', ['spec', 'target', 'deletionPolicy'], 'Delete'),
        /is deleted when its entries are not in the store/,
      ],
    },
    quiet: { 'the defaults': drop('ExternalSecret', 'mongo-users', 'spec', 'target', 'creationPolicy') },
  },
  'SLP-push-deletes': {
    given: set('PushSecret', 'exporter', ['spec', 'deletionPolicy'], 'Delete'),
    fires: {
      'deletionPolicy Delete': [
        set('PushSecret', 'root', ['spec', 'deletionPolicy'], 'Delete'),
        /once it is deleted itself$/,
      ],
      removed: [remove('PushSecret', 'exporter'), /^PushSecret mongo\/exporter is deleted, and deletes /],
    },
    quiet: { 'one that leaves the entry': remove('PushSecret', 'root') },
  },
};

prove(DATA, PROOFS);
