import { k8s } from 'cdk8s-plus-28';
import type { IStorageSpec } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/StorageSpec';
import type { Component } from '../component.ts';
import { lazy } from './lazy.ts';
import { claim, type VolumeClaim } from './stateful-set.ts';
import { onOtherNode, spreadOver } from './placement.ts';
import type { OperatedPodSettings } from './workload-settings.ts';

/** Pods that an operator starts from a custom resource. */
export interface OperatedPods {
  readonly settings: OperatedPodSettings;
  /** Labels by which the operator selects them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  /** Requests and limits of the main container. */
  readonly cpu: string;
  readonly cpuLimit: string;
  readonly memory: string;
  /** UID and GID of every process. */
  readonly user: number;
}

/**
 * The fields of Kubernetes' own that custom resources for servers have: hardened and spread as the pods of a workload, with
 * a PodDisruptionBudget for several.
 */
export function operatedPods(component: Component, name: string, pods: OperatedPods) {
  const { settings, labels, replicas, user } = pods;
  if (replicas > 1)
    new k8s.KubePodDisruptionBudget(component, `PodDisruptionBudget.${name}`, {
      metadata: { name },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: labels },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  return {
    replicas,
    podMetadata:
      settings.podLabels || settings.podAnnotations
        ? { labels: settings.podLabels, annotations: settings.podAnnotations }
        : undefined,
    resources: {
      requests: { cpu: pods.cpu, memory: pods.memory },
      limits: { cpu: pods.cpuLimit, memory: pods.memory },
    },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: 'OnRootMismatch' as const,
      seccompProfile: { type: 'RuntimeDefault' as const },
    },
    nodeSelector: { 'kubernetes.io/os': 'linux', ...settings.nodeSelector },
    tolerations: settings.tolerations,
    affinity: replicas > 1 ? apart(settings.affinity, labels) : settings.affinity,
    topologySpreadConstraints:
      replicas > 1
        ? spreadOver(labels, false).map(({ topologyKey, labelSelector }) => ({
            topologyKey,
            labelSelector,
            maxSkew: 1,
            whenUnsatisfiable: 'ScheduleAnyway' as const,
          }))
        : undefined,
    priorityClassName: settings.priorityClassName ?? component.tier,
    enableServiceLinks: false,
    hostUsers: lazy(() => (component.userNamespaces ? false : undefined)),
  };
}

/** At most one pod per node, in addition to what a cluster file says. */
function apart(given: OperatedPodSettings['affinity'] = {}, labels: OperatedPods['labels']) {
  const { podAntiAffinity } = given;
  const required = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    ...given,
    podAntiAffinity: {
      ...podAntiAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: [...required, onOtherNode(labels)],
    },
  };
}

/** The image of the main container, with its version: the operator chooses flags by it. */
export function operatedImage(image: string): { readonly image: string; readonly version?: string } {
  return { image, version: /:(v[^@:/]+)(?:@|$)/.exec(image)?.[1] };
}

/** A persistent volume of each pod. */
export function operatedVolume(props: VolumeClaim): IStorageSpec {
  const { metadata, spec = {} } = claim(props);
  const { accessModes, storageClassName } = spec;
  const template = {
    metadata: { name: metadata?.name, annotations: metadata?.annotations },
    spec: { accessModes, storageClassName, resources: { requests: { storage: props.size } } },
  };
  // The package has a claim without a kind as a resource of the operator's own.
  return { volumeClaimTemplate: template as typeof template & NonNullable<IStorageSpec['volumeClaimTemplate']> };
}
