import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { KEEP } from './argo.ts';
import { NO_BACKUP } from './backup.ts';
import { onOtherNode, spreadOver, Workload, type WorkloadProps } from './workload.ts';

/** A kind of disk that a cloud offers. */
export interface Storage {
  readonly storageClassName: string;
  /** Annotations that the provisioner reads from a claim. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The disk that each pod of a StatefulSet keeps. */
export interface VolumeClaim {
  readonly name: string;
  /** With its unit: `10Gi`. A claim can grow but never shrink. */
  readonly size: string;
  readonly storage: Storage;
  /** Why this volume is in no backup; a volume without a backup and without a reason does not render. */
  readonly noBackupBecause?: string;
}

/** Options of a StatefulSet. */
export interface StatefulSetProps extends WorkloadProps {
  /** @default 1 */
  readonly replicas?: number;
  readonly volumeClaims: readonly VolumeClaim[];
  /** The headless Service that names its pods. */
  readonly serviceName: string;
}

/** Pods with a name and a disk each. The disks outlive the StatefulSet, the Application and every prune. */
export class StatefulSet extends Workload {
  constructor(component: Component, props: StatefulSetProps) {
    super(component, props);
    const { replicas = 1 } = props;
    const several = replicas > 1;
    new k8s.KubeStatefulSet(this, 'StatefulSet', {
      metadata: this.metadata(),
      spec: {
        replicas,
        revisionHistoryLimit: 3,
        serviceName: props.serviceName,
        selector: { matchLabels: this.labels },
        // All start at once, as members of a cluster must that wait for each other; updates still go one by one.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: this.podTemplate(props, several ? this.apart() : {}),
        volumeClaimTemplates: props.volumeClaims.map(claim),
      },
    });
    if (several) this.disruptionBudget();
  }

  /** Members of one database on one node would fall together. */
  private apart(): Partial<k8s.PodSpec> {
    return {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [onOtherNode(this.labels)] } },
      topologySpreadConstraints: spreadOver(this.labels, false),
    };
  }
}

function claim({ name, size, storage, noBackupBecause }: VolumeClaim): k8s.KubePersistentVolumeClaimProps {
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
