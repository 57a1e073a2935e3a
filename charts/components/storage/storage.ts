import { k8s } from 'cdk8s-plus-28';
import { Component } from '../../component.ts';
import type { CreatedStorageClass } from '../../cloud/cloud.ts';
import { KEEP } from '../../lib/argo.ts';

/** Props of a StorageClass. */
export interface StorageProps extends CreatedStorageClass {
  /** Name that claims refer to. */
  readonly name: string;
}

/** The StorageClass of all volumes. Those that come with a cloud delete a disk with its claim. */
export class Storage extends Component {
  constructor({ name, provisioner, parameters, expands }: StorageProps) {
    super('storage', { tier: 'platform', ownNamespace: false, namespace: 'default' });
    new k8s.KubeStorageClass(this, 'StorageClass', {
      // Existing volumes cannot be expanded without it.
      metadata: { name, annotations: KEEP },
      provisioner,
      parameters: { ...parameters },
      // Provisions the volume in the zone of the pod's node.
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: expands,
      // If a claim is deleted by mistake, its disk remains for recovery, and is billed until it is deleted by hand.
      reclaimPolicy: 'Retain',
    });
  }
}
