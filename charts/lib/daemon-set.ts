import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { Workload } from './workload.ts';
import type { WorkloadProps } from './workload-props.ts';

/** One pod per node, updated on 10% of the nodes at a time. */
export class DaemonSet extends Workload {
  constructor(component: Component, props: WorkloadProps) {
    super(component, props);
    new k8s.KubeDaemonSet(this, 'DaemonSet', {
      metadata: this.ownMetadata(),
      spec: {
        revisionHistoryLimit: 3,
        selector: { matchLabels: this.labels },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString('10%') } },
        template: this.podTemplate(),
      },
    });
  }
}
