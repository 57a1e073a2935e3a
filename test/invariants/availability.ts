import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, ofKind } from '../lib/cluster-objects.ts';
import { leastReplicas, type Pods, scales, workloadPods, selected } from '../lib/pods.ts';
import { amountOf } from '../lib/quantity.ts';
import { type LabelSelector, matches } from '../lib/selector.ts';
import { invariant } from './invariant.ts';

/** Workloads with more than one replica, with their minimum replica count. */
function replicated(cluster: ClusterObjects): { readonly pods: Pods; readonly replicas: number }[] {
  return workloadPods(cluster)
    .map((pods) => ({ pods, replicas: leastReplicas(cluster, pods) }))
    .filter(({ replicas }) => replicas > 1);
}

/** Draining a node evicts some pods, never all. */
export const budgets = invariant('every replicated workload has one PodDisruptionBudget', (cluster) =>
  replicated(cluster)
    .filter(({ pods }) => budgetsOf(cluster, pods).length !== 1)
    .map(({ pods }) => `${pods.label} has ${budgetsOf(cluster, pods).length} PodDisruptionBudgets instead of one`),
);

/** A budget that allows no disruption blocks the drain of every node that runs such a pod. */
export const budgetsAllowEviction = invariant(
  'every PodDisruptionBudget allows some disruption, but not of all pods',
  (cluster) =>
    workloadPods(cluster).flatMap((pods) =>
      budgetsOf(cluster, pods).flatMap((budget) => {
        const replicas = leastReplicas(cluster, pods);
        const stuck =
          at(budget, 'spec', 'unhealthyPodEvictionPolicy') !== 'AlwaysAllow'
            ? [`${labelOf(budget)} lets an unhealthy pod block the drain of its node`]
            : [];
        const max = at(budget, 'spec', 'maxUnavailable');
        const min = at(budget, 'spec', 'minAvailable');
        // Kubernetes rounds both up.
        const allowed = max !== undefined ? share(max, replicas) : replicas - share(min, replicas);
        if (allowed < 1) return [...stuck, `${labelOf(budget)} allows no disruption of ${replicas} pods`];
        return replicas > 1 && allowed >= replicas
          ? [...stuck, `${labelOf(budget)} allows the eviction of all ${replicas} pods`]
          : stuck;
      }),
    ),
);

function budgetsOf(cluster: ClusterObjects, { namespace, labels }: Pods): Manifest[] {
  return ofKind(cluster, 'PodDisruptionBudget').filter(
    (b) => b.metadata.namespace === namespace && matches(selectorOf(b), labels),
  );
}

function share(value: unknown, of: number): number {
  if (typeof value === 'string' && value.endsWith('%')) return Math.ceil((of * Number(value.slice(0, -1))) / 100);
  return Number(value ?? 0);
}

/** The loss of one node or zone is not the loss of all pods. */
export const spread = invariant('every replicated workload is spread over nodes and zones', (cluster) =>
  replicated(cluster).flatMap(({ pods }) => {
    const { spec, label, labels } = pods;
    const terms = [
      ...listAt(spec.affinity, 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'),
      ...listAt(spec.affinity, 'podAntiAffinity', 'preferredDuringSchedulingIgnoredDuringExecution').map((weighted) =>
        at(weighted, 'podAffinityTerm'),
      ),
      ...(spec.topologySpreadConstraints ?? []),
    ];
    const own = terms.filter((term) => matches(at(term, 'labelSelector') as LabelSelector | undefined, labels));
    return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']
      .filter((key) => !own.some((term) => textAt(term, 'topologyKey') === key))
      .map((key) => `${label} is not spread over ${key}`);
  }),
);

/** An update starts a new pod before it terminates an old one; a StatefulSet replaces one pod at a time. */
export const updates = invariant('an update never drops below the replica count', (cluster) =>
  replicated(cluster).flatMap(({ pods: { workload, label } }) => {
    if (workload.kind === 'StatefulSet')
      return textAt(workload, 'spec', 'updateStrategy', 'type') === 'RollingUpdate'
        ? []
        : [`${label} does not use RollingUpdate`];
    const strategy = at(workload, 'spec', 'strategy');
    // A blue-green Rollout starts all new pods before it terminates any old one.
    if (at(strategy, 'blueGreen') !== undefined) return [];
    const steps = at(strategy, 'rollingUpdate') ?? at(strategy, 'canary');
    if (steps === undefined) return [`${label} terminates old pods before it starts new ones`];
    const dropsBelow = at(steps, 'maxUnavailable') !== 0 || share(at(steps, 'maxSurge'), 1) < 1;
    return dropsBelow ? [`${label} drops below its replica count during an update`] : [];
  }),
);

/** Requests in flight have time to finish when a pod is terminated; the default need not be enough. */
export const gracePeriods = invariant('every pod sets a grace period longer than its preStop sleep', (cluster) =>
  workloadPods(cluster).flatMap(({ spec, label }) => {
    const seconds = spec.terminationGracePeriodSeconds;
    if (seconds === undefined) return [`${label} has no terminationGracePeriodSeconds`];
    const preStopSeconds = spec.containers
      .map((c) => at(c.lifecycle, 'preStop', 'sleep', 'seconds'))
      .filter((s) => typeof s === 'number');
    return preStopSeconds.some((s) => s >= seconds) ? [`${label} has a preStop sleep as long as its grace period`] : [];
  }),
);

/** From this maximum on, an autoscaler is there for the load. */
const FOR_THE_LOAD = 6;

/**
 * At the target, the pods of the maximum use at least what one pod may: an autoscaler that is at its maximum below that
 * adds pods where a single one would do, and has none left when they are needed. A pod on a full node gets its request and
 * no more, so a target above that is never reached. Of a few pods, the others run for availability, not for the load.
 */
export const autoscalers = invariant(
  'an autoscaler by CPU reaches its maximum at the CPU of one pod or more',
  (cluster) =>
    ofKind(cluster, 'HorizontalPodAutoscaler').flatMap((scaler) => {
      const pods = workloadPods(cluster).find(({ workload }) => scales(scaler, workload));
      const target = listAt(scaler, 'spec', 'metrics')
        .filter((metric) => at(metric, 'resource', 'name') === 'cpu')
        .map((metric) => at(metric, 'resource', 'target', 'averageUtilization'))
        .find((value) => typeof value === 'number');
      if (pods === undefined || target === undefined) return [];
      const sum = (which: 'requests' | 'limits'): number =>
        pods.spec.containers.reduce((cpus, { resources }) => cpus + amountOf(resources?.[which]?.['cpu'] ?? 0), 0);
      const max = Number(at(scaler, 'spec', 'maxReplicas'));
      const [least, limit] = [(max * sum('requests') * target) / 100, sum('limits')];
      return [
        ...(target > 100 ? [`${labelOf(scaler)} has a target above the CPU that its pods are sure to get`] : []),
        // Sums of fractions are not exact.
        ...(max >= FOR_THE_LOAD && least + 1e-9 < limit
          ? [
              `${labelOf(scaler)} is at its maximum of ${max} pods at ${least.toFixed(2)} CPU, less than the ${limit} of one pod`,
            ]
          : []),
      ];
    }),
);

/** A budget cannot protect a workload with one replica; it can only block a drain. */
export const budgetsUsed = invariant('no workload with one replica has a PodDisruptionBudget', (cluster) =>
  ofKind(cluster, 'PodDisruptionBudget').flatMap((budget) =>
    selected(workloadPods(cluster), budget.metadata.namespace, selectorOf(budget))
      .filter((pods) => leastReplicas(cluster, pods) < 2)
      .map((pods) => `${labelOf(budget)} is for ${pods.label}, which has one replica`),
  ),
);

function selectorOf(budget: Manifest): LabelSelector | undefined {
  return at(budget, 'spec', 'selector') as LabelSelector | undefined;
}
