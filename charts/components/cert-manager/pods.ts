import { fromField } from '../../lib/container.ts';
import type { DeploymentProps } from '../../lib/deployment.ts';
import type { CertManagerSettings } from './settings.ts';
import type { AnyWorkload } from './workload-settings.ts';

/** Settings of all three workloads. */
export type Global = CertManagerSettings['global'];

/** Environment variable with the pod's namespace, for flags as `$(POD_NAMESPACE)`. */
export const POD_NAMESPACE = { POD_NAMESPACE: fromField('metadata.namespace') };

/** Metrics port of every workload; no NetworkPolicy allows ingress to it yet. */
export const METRICS = { metrics: 9402 };

/** Props that the Deployments of all three workloads have in common, by Pulumi's names of the settings. */
export function podProps(
  settings: AnyWorkload,
  { priorityClassName }: Global,
): Omit<DeploymentProps, 'role' | 'containers'> {
  return {
    settings: { ...settings, annotations: settings.deploymentAnnotations },
    replicas: settings.replicaCount,
    strategy: settings.strategy?.type,
    rollingUpdate: settings.strategy?.rollingUpdate,
    serviceAccountAnnotations: settings.serviceAccount?.annotations,
    priorityClassName,
    apiAccess: true,
  };
}

/** Flags of leader election in the component's namespace, which avoids permissions in kube-system. */
export function leaderElectionFlags({ leaderElection: { leaseDuration, renewDeadline } }: Global): string[] {
  return [
    '--leader-election-namespace=$(POD_NAMESPACE)',
    `--leader-election-lease-duration=${leaseDuration}`,
    `--leader-election-renew-deadline=${renewDeadline}`,
  ];
}
