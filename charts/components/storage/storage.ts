import { k8s } from 'cdk8s-plus-28';
import { Component } from '../../component.ts';
import { KEEP } from '../../lib/argo.ts';

/** Props of a StorageClass. */
export interface StorageProps {
  /** Name that claims refer to. */
  readonly name: string;
  /** CSI driver that provisions the volumes. */
  readonly provisioner: string;
  /** Parameters of the driver, such as disk type and encryption. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The StorageClass on clouds that provide only a CSI driver. */
export class Storage extends Component {
  constructor({ name, provisioner, parameters }: StorageProps) {
    super('storage', { tier: 'platform', ownNamespace: false, namespace: 'default' });
    new k8s.KubeStorageClass(this, 'StorageClass', {
      // Existing volumes cannot be expanded without it.
      metadata: { name, annotations: KEEP },
      provisioner,
      parameters: { ...parameters },
      // Provisions the volume in the zone of the pod's node.
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
      // If a claim is deleted by mistake, its disk remains for recovery, and is billed until it is deleted by hand.
      reclaimPolicy: 'Retain',
    });
  }
}
