import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, ofKind } from '../lib/cluster-objects.ts';
import { containersOf, workloadPods, portsOf, scales, selected } from '../lib/pods.ts';
import { isEmpty, type LabelSelector, matches } from '../lib/selector.ts';
import { type UnmanagedPods, unmanagedPods } from '../lib/unmanaged-pods.ts';
import { invariant } from './invariant.ts';

/** Two workloads with overlapping selectors would compete for each other's pods. */
export const workloadSelectors = invariant('every workload selects its own pods only', (cluster) => {
  const pods = workloadPods(cluster);
  return pods
    .filter((own) => own.path !== 'spec' && containersOf(own).some(({ longRunning }) => longRunning))
    .flatMap((own) => {
      const selector = selectorOf(own.workload);
      const others = selected(pods, own.namespace, selector).filter((p) => p.workload !== own.workload);
      return [
        ...(matches(selector, own.labels) ? [] : [`${own.label} does not select its own pods`]),
        ...others.map((other) => `${own.label} also selects the pods of ${other.label}`),
      ];
    });
});

/** A budget for two workloads counts their pods together and protects neither. */
export const budgetSelectors = invariant('every PodDisruptionBudget selects one workload', (cluster) =>
  ofKind(cluster, 'PodDisruptionBudget').flatMap((budget) => {
    const found = selected(allPods(cluster), budget.metadata.namespace, selectorOf(budget));
    return found.length === 1
      ? []
      : [`${label(budget)} selects ${found.length === 0 ? 'no pods' : found.map((p) => p.label).join(' and ')}`];
  }),
);

/** A Service has backends, and they declare its target port. */
export const serviceSelectors = invariant('every Service selects pods that have its target ports', (cluster) =>
  ofKind(cluster, 'Service').flatMap((service) => {
    const selector = mapAt(service, 'spec', 'selector');
    const backends = isEmpty({ matchLabels: selector })
      ? []
      : selected(allPods(cluster), service.metadata.namespace, { matchLabels: selector });
    if (backends.length === 0) return [`${label(service)} selects no pods`];
    return listAt(service, 'spec', 'ports').flatMap((port) => {
      const target = at(port, 'targetPort') ?? at(port, 'port');
      const protocol = textAt(port, 'protocol') ?? 'TCP';
      return backends
        .filter(
          (pods) =>
            !pods.ports.some(
              (p) => (p.name === target || p.containerPort === target) && (p.protocol ?? 'TCP') === protocol,
            ),
        )
        .map((pods) => `${label(service)} targets port ${String(target)}, which ${pods.label} does not have`);
    });
  }),
);

/** What an autoscaler scales is created with its minimum; without a number it would begin with one pod. */
export const autoscalerTargets = invariant('every autoscaler scales an existing target from its minimum', (cluster) => {
  const pods = workloadPods(cluster);
  return ofKind(cluster, 'HorizontalPodAutoscaler').flatMap((scaler) => {
    const target = pods.find((p) => scales(scaler, p.workload));
    if (!target)
      return [
        `${label(scaler)} scales ${textAt(scaler, 'spec', 'scaleTargetRef', 'kind')} ${textAt(scaler, 'spec', 'scaleTargetRef', 'name')}, which does not exist`,
      ];
    const [created, least] = [at(target.workload, 'spec', 'replicas'), at(scaler, 'spec', 'minReplicas')];
    return created === least
      ? []
      : [`${target.label} is created with ${String(created)} replicas instead of ${label(scaler)}'s ${String(least)}`];
  });
});

/** A policy that selects no pods leaves the intended pods without it. */
export const policySelectors = invariant('every NetworkPolicy selects pods', (cluster: ClusterObjects) =>
  ofKind(cluster, 'NetworkPolicy').flatMap((policy) => {
    const selector = at(policy, 'spec', 'podSelector') as LabelSelector;
    if (isEmpty(selector)) return [];
    const { namespace = '' } = policy.metadata;
    return selected(allPods(cluster), namespace, selector).length > 0 ? [] : [`${label(policy)} selects no pods`];
  }),
);

/** The pods of workloads, and those that controllers start. */
function allPods(cluster: ClusterObjects): UnmanagedPods[] {
  return [...workloadPods(cluster).map((pods) => ({ ...pods, ports: portsOf(pods) })), ...unmanagedPods(cluster)];
}

function selectorOf(manifest: Manifest): LabelSelector | undefined {
  return at(manifest, 'spec', 'selector') as LabelSelector | undefined;
}
