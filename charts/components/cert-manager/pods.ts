import { fromField } from '../../lib/container.ts';
import type { DeploymentProps } from '../../lib/deployment.ts';
import type { CertManagerSettings } from './settings.ts';
import type { WorkloadSettings } from './workload-settings.ts';

/** What holds for all three workloads. */
export type Global = CertManagerSettings['global'];

/** Tells a container its namespace, for flags as `$(POD_NAMESPACE)`. */
export const POD_NAMESPACE = { POD_NAMESPACE: fromField('metadata.namespace') };

/** Every workload serves its metrics here; nobody is let in to them yet. */
export const METRICS = { metrics: 9402 };

/** The part of a workload's settings that its Deployment takes as it is. */
export function podSettings(
  settings: WorkloadSettings,
  { priorityClassName }: Global,
): Omit<DeploymentProps, 'role' | 'containers'> {
  return {
    replicas: settings.replicaCount,
    strategy: settings.strategy?.type,
    rollingUpdate: settings.strategy?.rollingUpdate,
    annotations: settings.deploymentAnnotations,
    affinity: settings.affinity,
    tolerations: settings.tolerations,
    podAnnotations: settings.podAnnotations,
    podLabels: settings.podLabels,
    serviceAccountAnnotations: settings.serviceAccount?.annotations,
    priorityClassName,
    apiAccess: true,
  };
}

/** Flags of leader election, in the component's own namespace, so that nobody needs rights in kube-system. */
export function leaderElectionFlags({ leaderElection: { leaseDuration, renewDeadline } }: Global): string[] {
  return [
    '--leader-election-namespace=$(POD_NAMESPACE)',
    `--leader-election-lease-duration=${leaseDuration}`,
    `--leader-election-renew-deadline=${renewDeadline}`,
  ];
}
