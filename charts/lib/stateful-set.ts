import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { KEEP } from './argo.ts';
import { NO_BACKUP } from './no-backup.ts';
import { onOtherNode, spreadOver } from './placement.ts';
import { Workload } from './workload.ts';
import type { WorkloadProps } from './workload-props.ts';

/** The type of volume that a cloud provides. */
export interface Storage {
  readonly storageClassName: string;
  /** Annotations of the claim for the provisioner. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A persistent volume of each pod of a StatefulSet. */
export interface VolumeClaim {
  readonly name: string;
  /** Size with its unit: `10Gi`. A claim can grow but never shrink. */
  readonly size: string;
  readonly storage: Storage;
  /** Why this volume is not backed up; rendering fails for a volume with neither a backup nor a reason. */
  readonly noBackupBecause?: string;
}

/** Options of a StatefulSet. */
export interface StatefulSetProps extends WorkloadProps {
  /** @default 1 */
  readonly replicas?: number;
  readonly volumeClaims: readonly VolumeClaim[];
  /** Headless Service that governs the DNS names of the pods. */
  readonly serviceName: string;
}

/** A StatefulSet. Its volumes are kept when it, or its Application, is deleted or pruned. */
export class StatefulSet extends Workload<StatefulSetProps> {
  constructor(component: Component, props: StatefulSetProps) {
    super(component, props);
    const { replicas = 1 } = props;
    const several = replicas > 1;
    new k8s.KubeStatefulSet(this, 'StatefulSet', {
      metadata: this.ownMetadata(),
      spec: {
        replicas,
        revisionHistoryLimit: 3,
        serviceName: props.serviceName,
        selector: { matchLabels: this.labels },
        // Members that wait for each other must start in parallel; rolling updates are still one by one.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: this.podTemplate(several ? this.spread() : {}),
        volumeClaimTemplates: props.volumeClaims.map(claim),
      },
    });
    if (several) this.disruptionBudget();
  }

  /** At most one member per node, so that a node failure affects only one. */
  private spread(): Partial<k8s.PodSpec> {
    return {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [onOtherNode(this.labels)] } },
      topologySpreadConstraints: spreadOver(this.labels, false),
    };
  }
}

/** The template of a claim. */
export function claim({ name, size, storage, noBackupBecause }: VolumeClaim): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: {
      name,
      annotations: { ...KEEP, ...storage.annotations, ...(noBackupBecause && { [NO_BACKUP]: noBackupBecause }) },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: storage.storageClassName,
      resources: { requests: { storage: k8s.Quantity.fromString(size) } },
    },
  };
}
