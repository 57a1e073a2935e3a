import { k8s } from 'cdk8s-plus-28';
import { Component } from '../../component.ts';
import { KEEP } from '../../lib/argo.ts';

/** Props of a StorageClass. */
export interface StorageProps {
  /** Name that claims ask for. */
  readonly name: string;
  /** CSI driver that makes the volumes. */
  readonly provisioner: string;
  /** What the driver is told of each volume: kind of disk, encryption. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The StorageClass on clouds that bring a driver alone. */
export class Storage extends Component {
  constructor({ name, provisioner, parameters }: StorageProps) {
    super('storage', { tier: 'platform', ownNamespace: false, namespace: 'default' });
    new k8s.KubeStorageClass(this, 'StorageClass', {
      // Volumes outlive it, but cannot grow without it.
      metadata: { name, annotations: KEEP },
      provisioner,
      parameters: { ...parameters },
      // In the zone of the node that the pod goes to.
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
      // A claim that is deleted by mistake leaves its disk behind: a person finds the data there, and pays for it till then.
      reclaimPolicy: 'Retain',
    });
  }
}
