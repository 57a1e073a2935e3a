import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../lib/manifest.ts';
import { Storage } from './storage.ts';
import { manifestsOf } from '../../render/manifests.ts';

function render(): readonly Manifest[] {
  const storage = new Storage({
    name: 'gp3',
    provisioner: 'ebs.csi.eks.amazonaws.com',
    parameters: { type: 'gp3', encrypted: 'true' },
    expands: true,
  });
  storage.dns = [];
  return manifestsOf(storage).manifests;
}

describe('StorageClass', () => {
  it('is the only object, without a namespace', () => {
    expect(render().map((m) => `${m.kind}/${m.metadata.name}`)).toEqual(['StorageClass/gp3']);
    expect(render()[0]?.metadata.namespace).toBeUndefined();
  });

  it('is never pruned, and allows volume expansion', () => {
    expect(render()[0]?.metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
    });
    expect(render()[0]).toMatchObject({ allowVolumeExpansion: true });
  });

  it('has reclaimPolicy Retain', () => {
    expect(render()[0]).toMatchObject({ reclaimPolicy: 'Retain' });
  });

  it('binds on first consumer, with the parameters of the driver', () => {
    expect(render()[0]).toMatchObject({
      volumeBindingMode: 'WaitForFirstConsumer',
      provisioner: 'ebs.csi.eks.amazonaws.com',
      parameters: { type: 'gp3', encrypted: 'true' },
    });
  });
});
