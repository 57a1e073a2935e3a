import type { Draft } from '../../../../test/lib/draft.ts';
import { CONTAINER, POD, add, all, prove, push, remove, set } from '../../../../test/lib/plan-rules.ts';
import type { Manifest } from '../../../lib/manifest.ts';
import { VOLUMES } from './volumes.ts';

const OPTIONS = ['metadata', 'annotations', 'argocd.argoproj.io/sync-options'] as const;

const VOLUME: Manifest = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'archive' },
  spec: { capacity: { storage: '5Gi' }, persistentVolumeReclaimPolicy: 'Retain', nfs: { server: 'a', path: '/' } },
};
const unprotected = set('PersistentVolumeClaim', 'data-mongo-0', OPTIONS, 'Delete=false');

/** The mount of a database's volume. */
function mountOf(d: Draft): { readonly set: Manifest; readonly index: number } {
  const found = d.find('StatefulSet', 'mongo-dump');
  const mounts = (
    found as unknown as { spec: { template: { spec: { containers: { volumeMounts: { name: string }[] }[] } } } }
  ).spec.template.spec.containers[0]!.volumeMounts;
  return { set: found, index: mounts.findIndex(({ name }) => name === 'dump') };
}

prove(VOLUMES, {
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
});
