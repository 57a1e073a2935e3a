import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { JOB_EACH_SYNC } from './argo.ts';
import { Workload } from './workload.ts';
import type { WorkloadProps } from './workload-props.ts';

/** Options of a Job. */
export interface JobProps extends WorkloadProps {
  /** Seconds after which a running Job is terminated and counts as failed. */
  readonly activeDeadlineSeconds: number;
  /** Retries of a failed pod. @default 6 */
  readonly backoffLimit?: number;
}

/** An idempotent Job that runs on every sync; its dependents declare it with `addDependency`. */
export class Job extends Workload<JobProps> {
  constructor(component: Component, props: JobProps) {
    super(component, props);
    const metadata = this.ownMetadata();
    const template = this.podTemplate();
    new k8s.KubeJob(this, 'Job', {
      metadata: { ...metadata, annotations: { ...metadata.annotations, ...JOB_EACH_SYNC } },
      spec: {
        activeDeadlineSeconds: props.activeDeadlineSeconds,
        backoffLimit: props.backoffLimit ?? 6,
        template: { ...template, spec: { ...template.spec!, restartPolicy: 'Never' } },
      },
    });
  }
}
