import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { JOB_EACH_SYNC } from './argo.ts';
import { Workload, type WorkloadProps } from './workload.ts';

/** Options of a Job. */
export interface JobProps extends WorkloadProps {
  /** Seconds after which a run that has not ended counts as failed. */
  readonly activeDeadlineSeconds: number;
  /** How often a failed pod is tried again. @default 6 */
  readonly backoffLimit?: number;
}

/** Idempotent work that is done on every sync; what comes after it says so with `addDependency`. */
export class Job extends Workload {
  constructor(component: Component, props: JobProps) {
    super(component, props);
    const template = this.podTemplate(props);
    new k8s.KubeJob(this, 'Job', {
      metadata: { ...this.metadata(), annotations: JOB_EACH_SYNC },
      spec: {
        activeDeadlineSeconds: props.activeDeadlineSeconds,
        backoffLimit: props.backoffLimit ?? 6,
        template: { ...template, spec: { ...template.spec!, restartPolicy: 'Never' } },
      },
    });
  }
}
