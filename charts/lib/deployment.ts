import { z } from 'zod';
import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { spreadOver } from './placement.ts';
import { Workload } from './workload.ts';
import type { WorkloadProps } from './workload-props.ts';

/** A fixed number of pods, or the bounds of an autoscaler. */
export type Replicas = number | { readonly min: number; readonly max: number };

/** Schema of `Replicas` in a cluster file. */
export const replicasSetting = z.union([
  z.int().min(1),
  z
    .strictObject({ min: z.int().min(1), max: z.int().min(1) })
    .refine(({ min, max }) => min <= max, 'min must not exceed max'),
]);

/** Options of a Deployment. */
export interface DeploymentProps extends WorkloadProps {
  /** @default 1 */
  readonly replicas?: Replicas;
  /** `Recreate` if two revisions must never run at the same time. @default 'RollingUpdate' */
  readonly strategy?: 'RollingUpdate' | 'Recreate';
  /** Pods, as a count or a percentage. @default { maxSurge: 1, maxUnavailable: 0 } */
  readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string };
}

/** Target CPU utilization of the autoscaler, in per cent of the request. */
const CPU_TARGET = 70;

/** A Deployment. Several replicas are spread over zones and nodes and have a PodDisruptionBudget. */
export class Deployment extends Workload<DeploymentProps> {
  constructor(component: Component, props: DeploymentProps) {
    super(component, props);
    const { replicas = 1 } = props;
    this.deployment(replicas);
    if (typeof replicas === 'object') this.autoscaler(replicas);
    if (atLeast(replicas) > 1) this.disruptionBudget();
  }

  private deployment(replicas: Replicas): void {
    const spread = atMost(replicas) > 1 ? { topologySpreadConstraints: spreadOver(this.labels, true) } : {};
    new k8s.KubeDeployment(this, 'Deployment', {
      metadata: this.ownMetadata(),
      spec: {
        // With an autoscaler only the number at creation: the Application ignores the field from then on.
        replicas: atLeast(replicas),
        revisionHistoryLimit: 3,
        selector: { matchLabels: this.labels },
        strategy: strategy(this.props),
        template: this.podTemplate(spread),
      },
    });
  }

  private autoscaler({ min, max }: { readonly min: number; readonly max: number }): void {
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'HorizontalPodAutoscaler', {
      metadata: this.metadata(),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: this.name },
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_TARGET } },
          },
        ],
        // Scales up immediately, down by one pod a minute, so that recurring load finds its pods still running.
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
        },
      },
    });
  }
}

/** By default a new pod is ready before an old one is stopped. */
function strategy({
  strategy: type = 'RollingUpdate',
  rollingUpdate: { maxSurge = 1, maxUnavailable = 0 } = {},
}: DeploymentProps): k8s.DeploymentStrategy {
  if (type === 'Recreate') return { type };
  return { type, rollingUpdate: { maxSurge: count(maxSurge), maxUnavailable: count(maxUnavailable) } };
}

function count(value: number | string): k8s.IntOrString {
  return typeof value === 'number' ? k8s.IntOrString.fromNumber(value) : k8s.IntOrString.fromString(value);
}

function atLeast(replicas: Replicas): number {
  return typeof replicas === 'number' ? replicas : replicas.min;
}

function atMost(replicas: Replicas): number {
  return typeof replicas === 'number' ? replicas : replicas.max;
}
