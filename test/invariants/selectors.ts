import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, ofKind } from '../lib/cluster-objects.ts';
import { containersOf, workloadPods, portsOf, scales, selected } from '../lib/pods.ts';
import { isEmpty, type LabelSelector, matches } from '../lib/selector.ts';
import { unmanagedPods } from '../lib/unmanaged-pods.ts';
import { invariant } from './invariant.ts';

/** A workload owns its pods and nobody else's; two with one selector would fight for them. */
export const workloadSelectors = invariant('a workload selects its own pods only', (cluster) => {
  const pods = workloadPods(cluster);
  return pods
    .filter((own) => own.path !== 'spec' && containersOf(own).some(({ longRunning }) => longRunning))
    .flatMap((own) => {
      const selector = selectorOf(own.workload);
      const others = selected(pods, own.namespace, selector).filter((p) => p.workload !== own.workload);
      return [
        ...(matches(selector, own.labels) ? [] : [`${own.label} does not select its own pods`]),
        ...others.map((other) => `${own.label} selects the pods of ${other.label} too`),
      ];
    });
});

/** A budget over two workloads counts them together and protects neither. */
export const budgetSelectors = invariant('a disruption budget selects one workload', (cluster) =>
  ofKind(cluster, 'PodDisruptionBudget').flatMap((budget) => {
    const found = selected(workloadPods(cluster), budget.metadata.namespace, selectorOf(budget));
    return found.length === 1
      ? []
      : [`${label(budget)} selects ${found.length === 0 ? 'no pods' : found.map((p) => p.label).join(' and ')}`];
  }),
);

/** A Service leads somewhere, and to a port that somebody listens on. */
export const serviceSelectors = invariant('a Service reaches pods, and their ports', (cluster) =>
  ofKind(cluster, 'Service').flatMap((service) => {
    const selector = mapAt(service, 'spec', 'selector');
    const reached = isEmpty({ matchLabels: selector })
      ? []
      : selected(workloadPods(cluster), service.metadata.namespace, { matchLabels: selector });
    if (reached.length === 0) return [`${label(service)} reaches no pods`];
    return listAt(service, 'spec', 'ports').flatMap((port) => {
      const target = at(port, 'targetPort') ?? at(port, 'port');
      const protocol = textAt(port, 'protocol') ?? 'TCP';
      return reached
        .filter(
          (pods) =>
            !portsOf(pods).some(
              (p) => (p.name === target || p.containerPort === target) && (p.protocol ?? 'TCP') === protocol,
            ),
        )
        .map((pods) => `${label(service)} leads to port ${String(target)}, which ${pods.label} does not have`);
    });
  }),
);

/** An autoscaler has a target, and the target leaves the count to it. */
export const autoscalerTargets = invariant('an autoscaler owns the count of its target', (cluster) => {
  const pods = workloadPods(cluster);
  return ofKind(cluster, 'HorizontalPodAutoscaler').flatMap((scaler) => {
    const target = pods.find((p) => scales(scaler, p.workload));
    if (!target)
      return [
        `${label(scaler)} scales ${textAt(scaler, 'spec', 'scaleTargetRef', 'kind')} ${textAt(scaler, 'spec', 'scaleTargetRef', 'name')}, which does not exist`,
      ];
    return at(target.workload, 'spec', 'replicas') === undefined
      ? []
      : [`${target.label} sets replicas, which ${label(scaler)} owns`];
  });
});

/** A policy for pods that do not exist is a hole in the one that was meant. */
export const policySelectors = invariant('a NetworkPolicy selects pods', (cluster: ClusterObjects) =>
  ofKind(cluster, 'NetworkPolicy').flatMap((policy) => {
    const selector = at(policy, 'spec', 'podSelector') as LabelSelector;
    if (isEmpty(selector)) return [];
    const { namespace = '' } = policy.metadata;
    const found = [...workloadPods(cluster), ...unmanagedPods(cluster)].some(
      (p) => p.namespace === namespace && matches(selector, p.labels),
    );
    return found ? [] : [`${label(policy)} selects no pods`];
  }),
);

function selectorOf(manifest: Manifest): LabelSelector | undefined {
  return at(manifest, 'spec', 'selector') as LabelSelector | undefined;
}
