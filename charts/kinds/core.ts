import { at, type Manifest, objectIdentity } from '../lib/manifest.ts';
import { CLAIM, FROZEN_DATA, POD, SERVICE, VOLUME } from './immutable.ts';
import { builtIn, type Offer } from './kind.ts';

/** The keys of a Secret or ConfigMap. */
function dataKeys(manifest: Manifest): string[] {
  return ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(at(manifest, field) ?? {}));
}

/** What the control plane creates in every namespace. */
function inNamespace({ metadata: { name } }: Manifest): Offer[] {
  return [
    { key: objectIdentity('', 'ConfigMap', name, 'kube-root-ca.crt'), onceHealthy: false, keys: ['ca.crt'] },
    { key: objectIdentity('', 'ServiceAccount', name, 'default'), onceHealthy: false },
  ];
}

/** The core group. */
export const core = [
  builtIn('', 'ConfigMap', { scope: 'namespaced', offers: 'at once', keys: dataKeys, immutable: FROZEN_DATA }),
  builtIn('', 'LimitRange', { scope: 'namespaced', offers: 'at once' }),
  builtIn('', 'Namespace', { scope: 'cluster', offers: 'at once', makes: inNamespace }),
  builtIn('', 'PersistentVolume', {
    scope: 'cluster',
    offers: 'once healthy',
    references: { 'spec.storageClassName': 'storage.k8s.io/StorageClass' },
    noReferences: { 'spec.claimRef': 'written by the control plane' },
    immutable: VOLUME,
  }),
  builtIn('', 'PersistentVolumeClaim', {
    scope: 'namespaced',
    // With WaitForFirstConsumer a claim is bound only once a pod uses it: waiting for it to be healthy would deadlock.
    offers: 'at once',
    volumeClaims: '',
    immutable: CLAIM,
  }),
  builtIn('', 'Pod', { scope: 'namespaced', offers: 'once healthy', podTemplate: '', immutable: POD }),
  builtIn('', 'ResourceQuota', { scope: 'namespaced', offers: 'at once', immutable: [{ path: 'spec.scopes' }] }),
  builtIn('', 'Secret', {
    scope: 'namespaced',
    offers: 'at once',
    keys: dataKeys,
    immutable: [{ path: 'type' }, ...FROZEN_DATA],
  }),
  builtIn('', 'Service', { scope: 'namespaced', offers: 'at once', immutable: SERVICE }),
  builtIn('', 'ServiceAccount', {
    scope: 'namespaced',
    offers: 'at once',
    references: { 'imagePullSecrets[]': { to: 'Secret', when: 'eventually' } },
  }),
];
