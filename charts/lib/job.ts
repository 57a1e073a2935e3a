import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { JOB_EACH_SYNC } from './argo.ts';
import type { ContainerProps } from './container.ts';
import { Workload } from './workload.ts';
import type { WorkloadProps } from './workload-props.ts';

/** Options of a Job. */
export interface JobProps extends WorkloadProps {
  /** Seconds after which a running Job is terminated and counts as failed. Until then a pushed fix has to wait. */
  readonly activeDeadlineSeconds: number;
  /**
   * How it waits for the network. Network plugins let a new pod through a while after it has started, and until then many
   * refuse its connections: a program that tries only once fails with its pod. Either an init container that ends once
   * there is a connection, or why the program itself needs none.
   */
  readonly waits: ContainerProps | { readonly notBecause: string };
}

/**
 * An idempotent Job that runs on every sync; its dependents declare it with `addDependency`. It fails with its first pod,
 * unless the pod was evicted: Argo CD repeats the sync with the newest commit, whereas the Job would repeat itself.
 */
export class Job extends Workload<JobProps> {
  constructor(component: Component, props: JobProps) {
    const { waits, initContainers = [] } = props;
    super(component, 'image' in waits ? { ...props, initContainers: [waits, ...initContainers] } : props);
    const metadata = this.ownMetadata();
    const template = this.podTemplate();
    new k8s.KubeJob(this, 'Job', {
      metadata: { ...metadata, annotations: { ...metadata.annotations, ...JOB_EACH_SYNC } },
      spec: {
        activeDeadlineSeconds: props.activeDeadlineSeconds,
        backoffLimit: 0,
        podFailurePolicy: {
          rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
        },
        template: { ...template, spec: { ...template.spec!, restartPolicy: 'Never' } },
      },
    });
  }
}
