import { at, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { acyclic, applicationWaves, definitionsFirst, objectWaves, webhooksFirst } from '../order.ts';
import { schemas } from '../schemas.ts';
import { backupMarks, contentBackedUp, volumesBackedUp, volumesKept, volumesNotCascaded } from '../volumes.ts';
import { type Mutation, mutations } from './mutation.ts';

const WAVE = 'argocd.argoproj.io/sync-wave';
const OPTIONS = 'argocd.argoproj.io/sync-options';
const CLAIM = ['spec', 'volumeClaimTemplates', 0] as const;

function setWave(d: Draft, manifest: Manifest, wave: number): void {
  d.set(manifest, ['metadata', 'annotations'], { ...manifest.metadata.annotations, [WAVE]: String(wave) });
}

/** In which order Argo CD syncs, what it never touches, and what it would be refused. */
export const syncMutations: readonly Mutation[] = [
  ...mutations(acyclic, {
    'a need that nobody meets': [(d) => d.remove(d.find('GatewayClass')), /needs GatewayClass .*, which nothing on this cluster provides/],
    'a cycle in a component': [
      (d) => {
        d.state(d.find('Deployment', 'whoami'), d.find('NetworkPolicy', 'whoami'));
        d.state(d.find('NetworkPolicy', 'whoami'), d.find('Deployment', 'whoami'));
      },
      /^a cycle: /,
    ],
    'a cycle of components': [
      (d) => {
        const secret = d.add('cert-manager', structuredClone(d.find('ExternalSecret')));
        d.set(secret, ['metadata', 'namespace'], 'cert-manager');
      },
      /^a cycle: .*cert-manager → .*external-secrets|^a cycle: .*external-secrets → .*cert-manager/,
    ],
  }),
  ...mutations(objectWaves, {
    'a wave that is gone': [(d) => d.drop(d.find('Job', 'mongo-setup'), 'metadata', 'annotations', WAVE), /^Job mongo\/mongo-setup has wave 0 instead of/],
    'a wave too late': [(d) => setWave(d, d.find('Namespace', 'mongo'), 9), /^Namespace mongo has wave 9 instead of 0/],
  }),
  ...mutations(applicationWaves, {
    'an Application too early': [(d) => setWave(d, d.find('Application', 'whoami'), 1), /^Application argocd\/whoami does not come after Application/],
    'an Application before its project': [(d) => d.drop(d.find('Application', 'root'), 'metadata', 'annotations', WAVE), /^Application argocd\/root does not come after its AppProject/],
    'an Application too late': [(d) => setWave(d, d.find('Application', 'whoami'), 99), /^Application argocd\/whoami has wave 99 instead of/],
  }),
  ...mutations(definitionsFirst, {
    'definitions too late': [(d) => setWave(d, d.find('Application', 'gateway-api-crds'), 50), /does not come after Application argocd\/gateway-api-crds, which defines Gateway/],
    'definitions that nobody fetches': [(d) => d.remove(d.find('Application', 'cert-manager-crds')), /comes after cert-manager-crds, which has no Application/],
  }),
  ...mutations(webhooksFirst, {
    'a webhook of another component too late': [(d) => setWave(d, d.find('Application', 'cert-manager'), 50), /^Certificate .* does not come after ValidatingWebhookConfiguration cert-manager-webhook/],
    'a webhook of its own component too late': [(d) => setWave(d, d.find('Deployment', 'cert-manager-webhook'), 50), /^ClusterIssuer .* does not come after Deployment cert-manager\/cert-manager-webhook/],
  }),
  ...mutations(volumesKept, {
    'a claim that may be pruned': [(d) => d.drop(d.find('StatefulSet', 'mongo'), ...CLAIM, 'metadata', 'annotations', OPTIONS), /^volume "data" of StatefulSet mongo\/mongo may be pruned/],
    'a claim that may be deleted': [(d) => d.set(d.find('StatefulSet', 'mongo'), [...CLAIM, 'metadata', 'annotations', OPTIONS], 'Prune=false'), /^volume "data" of StatefulSet mongo\/mongo may be pruned or deleted/],
    'volumes that go with their set': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted'], 'Delete'), /does not retain its volumes whenDeleted/],
    'no retention': [(d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'persistentVolumeClaimRetentionPolicy'), /does not retain its volumes whenScaled/],
    'a namespace that goes': [(d) => d.set(d.find('Namespace', 'mongo'), ['metadata', 'annotations', OPTIONS], 'Prune=confirm,Delete=confirm'), /^Namespace mongo holds volumes/],
  }),
  ...mutations(volumesBackedUp, {
    'no Schedule': [(d) => d.remove(d.find('Schedule')), /is in no backup/],
    'a Schedule without the namespace': [(d) => d.set(d.find('Schedule'), ['spec', 'template', 'includedNamespaces'], ['x']), /^volume .* of StatefulSet .* is in no backup/],
    'a Schedule that leaves it out': [(d) => d.set(d.find('Schedule'), ['spec', 'template', 'excludedNamespaces'], ['mongo']), /^volume .* of StatefulSet mongo\/.* is in no backup/],
    'a Schedule without volumes': [(d) => d.set(d.find('Schedule'), ['spec', 'template', 'includedResources'], ['configmaps']), /is in no backup/],
    'a Schedule that leaves volumes out': [(d) => d.push(d.find('Schedule'), ['spec', 'template', 'excludedResources'], 'persistentvolumeclaims'), /is in no backup/],
    'a Schedule that stands still': [(d) => d.set(d.find('Schedule'), ['spec', 'paused'], true), /is in no backup/],
    'a reason that says nothing': [
      (d) => d.set(d.find('StatefulSet', (m) => textAt(m, ...CLAIM, 'metadata', 'annotations', 'slipway.dev/no-backup-because') !== undefined && m.metadata.namespace !== 'mongo'), [...CLAIM, 'metadata', 'annotations', 'slipway.dev/no-backup-because'], ' '),
      /is in no backup/,
    ],
  }),
  ...mutations(contentBackedUp, {
    'files that nobody copies': [(d) => d.set(d.find('Schedule', (m) => at(m, 'spec', 'template', 'defaultVolumesToFsBackup') === true), ['spec', 'template', 'defaultVolumesToFsBackup'], false), /is in a backup that copies none of its files/],
    'a volume that its pod leaves out': [(d) => d.set(d.find('StatefulSet', 'mongo-dump'), ['spec', 'template', 'metadata', 'annotations', 'backup.velero.io/backup-volumes-excludes'], 'dump'), /^volume "dump" of StatefulSet mongo\/mongo-dump is in a backup that copies none/],
    'snapshots that stay': [(d) => d.set(d.find('Schedule', (m) => at(m, 'spec', 'template', 'snapshotMoveData') === true), ['spec', 'template', 'snapshotMoveData'], false), /is in a backup that stays on its disk/],
  }),
  ...mutations(backupMarks, {
    'a hook for a container that is not there': [(d) => d.set(d.find('StatefulSet', 'mongo-dump'), ['spec', 'template', 'metadata', 'annotations', 'pre.hook.backup.velero.io/container'], 'x'), /has a backup hook for the container x/],
    'a hook that may fail': [(d) => d.drop(d.find('StatefulSet', 'mongo-dump'), 'spec', 'template', 'metadata', 'annotations', 'pre.hook.backup.velero.io/on-error'), /has a backup hook that may fail unnoticed/],
    'a volume that is not there': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'template', 'metadata', 'annotations', 'backup.velero.io/backup-volumes-excludes'], 'x'), /lists the volume "x" for backups/],
  }),
  ...mutations(volumesNotCascaded, {
    'a finalizer': [(d) => d.set(d.find('Application', 'mongo'), ['metadata', 'finalizers'], ['resources-finalizer.argocd.argoproj.io']), /^Application argocd\/mongo has volumes, and a finalizer/],
    'a finalizer for definitions': [(d) => d.set(d.find('Application', 'cert-manager-crds'), ['metadata', 'finalizers'], ['resources-finalizer.argocd.argoproj.io']), /cert-manager-crds has definitions, and a finalizer/],
  }),
  ...mutations(schemas, {
    'a Certificate without a Secret': [(d) => d.drop(d.find('Certificate'), 'spec', 'secretName'), /^Certificate .*secretName/],
    'a port that is no number': [(d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'rules', 0, 'backendRefs', 0, 'port'], '80'), /^HTTPRoute whoami\/whoami: .*port/],
    'an Application without a destination': [(d) => d.drop(d.find('Application', 'whoami'), 'spec', 'destination'), /^Application argocd\/whoami: .*destination/],
    'a listener without a protocol': [(d) => d.drop(d.find('Gateway'), 'spec', 'listeners', 0, 'protocol'), /^Gateway .*protocol/],
    'a kind that nobody knows': [(d) => d.add('whoami', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } }), /^Thing x \(example.com\/v1\) has no schema here/],
  }),
];
