import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../lib/manifest.ts';
import { Storage } from './storage.ts';
import { manifestsOf } from '../../render/manifests.ts';

function render(): readonly Manifest[] {
  const storage = new Storage({
    name: 'gp3',
    provisioner: 'ebs.csi.eks.amazonaws.com',
    parameters: { type: 'gp3', encrypted: 'true' },
  });
  storage.dns = [];
  return manifestsOf(storage).manifests;
}

describe('the StorageClass', () => {
  it('is all there is: it brings no namespace', () => {
    expect(render().map((m) => `${m.kind}/${m.metadata.name}`)).toEqual(['StorageClass/gp3']);
    expect(render()[0]?.metadata.namespace).toBeUndefined();
  });

  it('outlives its Application, since volumes grow by it', () => {
    expect(render()[0]?.metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
    });
    expect(render()[0]).toMatchObject({ allowVolumeExpansion: true });
  });

  it('keeps the disk of a deleted claim', () => {
    expect(render()[0]).toMatchObject({ reclaimPolicy: 'Retain' });
  });

  it('makes a disk where its pod runs, as the driver is told', () => {
    expect(render()[0]).toMatchObject({
      volumeBindingMode: 'WaitForFirstConsumer',
      provisioner: 'ebs.csi.eks.amazonaws.com',
      parameters: { type: 'gp3', encrypted: 'true' },
    });
  });
});
