import type { Component } from '../../component.ts';
import type { ContainerProps } from '../../lib/container.ts';
import { Job } from '../../lib/job.ts';
import type { WorkloadProps } from '../../lib/workload-props.ts';
import { MOUNTS, type Rails, VOLUMES } from './rails.ts';

/** Options of a task that runs on every sync. */
export interface RailsJobProps extends Pick<WorkloadProps, 'settings' | 'role' | 'initContainers' | 'volumes'> {
  readonly image: string;
  /** Init container that ends once the database can be reached. */
  readonly waits: ContainerProps;
  /** Rake task; must be idempotent. */
  readonly task: string;
  readonly env?: ContainerProps['env'];
}

/** Adds a Job that runs a rake task of the application. */
export function railsJob(
  component: Component,
  app: Rails,
  { settings, role, image, waits, task, env, initContainers, volumes = [] }: RailsJobProps,
): Job {
  const job = new Job(component, {
    settings,
    role,
    activeDeadlineSeconds: 900,
    waits,
    initContainers,
    containers: [
      {
        name: role,
        image,
        command: ['bundle', 'exec', 'rake', task],
        env: { ...app.env, ...env },
        resources: { cpu: '100m', cpuLimit: '1', memory: '512Mi' },
        mounts: { ...MOUNTS, ...app.trust.mounts },
      },
    ],
    volumes: [...VOLUMES, ...app.trust.volumes, ...volumes],
    onChange: app.trust.onChange,
  });
  app.connect(job);
  return job;
}
