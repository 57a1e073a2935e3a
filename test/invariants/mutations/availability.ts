import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import {
  autoscalers,
  budgets,
  budgetsUsed,
  budgetsAllowEviction,
  gracePeriods,
  spread,
  updates,
} from '../availability.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const ROLE = 'app.kubernetes.io/component';

/** The target of the first autoscaler. */
function autoscaled(d: Draft): Manifest {
  return d.find('Deployment', d.find('HorizontalPodAutoscaler').metadata.name);
}

/** Disruptions and updates. */
export const availabilityMutations: readonly Mutation[] = [
  ...mutations(budgets, {
    'StatefulSet without a PodDisruptionBudget': [
      (d) => d.remove(d.find('PodDisruptionBudget', 'mongo')),
      /^StatefulSet mongo\/mongo has 0 PodDisruptionBudgets/,
    ],
    'StatefulSet with two PodDisruptionBudgets': [
      (d) => d.copy(d.find('PodDisruptionBudget', 'mongo'), 'again'),
      /^StatefulSet mongo\/mongo has 2 PodDisruptionBudgets/,
    ],
    'autoscaled Deployment without a PodDisruptionBudget': [
      (d) => d.remove(d.find('PodDisruptionBudget', autoscaled(d).metadata.name)),
      /^Deployment .* has 0 PodDisruptionBudgets/,
    ],
  }),
  ...mutations(budgetsAllowEviction, {
    'PodDisruptionBudget with maxUnavailable 0': [
      (d) => d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec', 'maxUnavailable'], 0),
      /allows no disruption of 3 pods/,
    ],
    'PodDisruptionBudget with minAvailable 100%': [
      (d) =>
        d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec'], {
          ...(d.find('PodDisruptionBudget', 'mongo')['spec'] as object),
          maxUnavailable: undefined,
          minAvailable: '100%',
        }),
      /allows no disruption of 3 pods/,
    ],
    'PodDisruptionBudget that allows the eviction of all pods': [
      (d) => d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec', 'maxUnavailable'], '90%'),
      /allows the eviction of all 3 pods/,
    ],
    'PodDisruptionBudget without unhealthyPodEvictionPolicy': [
      (d) => d.drop(d.find('PodDisruptionBudget'), 'spec', 'unhealthyPodEvictionPolicy'),
      /lets an unhealthy pod block the drain of its node/,
    ],
  }),
  ...mutations(budgetsUsed, {
    'PodDisruptionBudget for one replica': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'replicas'], 1),
      /is for StatefulSet mongo\/mongo, which has one replica/,
    ],
  }),
  ...mutations(spread, {
    'Deployment without topologySpreadConstraints': [
      (d) => d.drop(autoscaled(d), ...POD, 'topologySpreadConstraints'),
      /^Deployment .* is not spread over kubernetes.io\/hostname/,
    ],
    'StatefulSet not spread over zones': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'topologySpreadConstraints', 0),
      /is not spread over topology.kubernetes.io\/zone/,
    ],
    "topologySpreadConstraint that selects another workload's pods": [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo'),
          [...POD, 'topologySpreadConstraints', 0, 'labelSelector', 'matchLabels', ROLE],
          'x',
        ),
      /is not spread over/,
    ],
  }),
  ...mutations(updates, {
    'Deployment with the strategy Recreate': [
      (d) => d.set(autoscaled(d), ['spec', 'strategy'], { type: 'Recreate' }),
      /^Deployment .* terminates old pods before it starts new ones/,
    ],
    'Deployment with maxUnavailable 1': [
      (d) => d.set(autoscaled(d), ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], 1),
      /drops below its replica count/,
    ],
    'StatefulSet with the strategy OnDelete': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'updateStrategy', 'type'], 'OnDelete'),
      /does not use RollingUpdate/,
    ],
  }),
  ...mutations(autoscalers, {
    'autoscaler at its maximum below the CPU of one pod': [
      (d) => d.set(autoscaled(d), [...CONTAINER, 'resources', 'requests', 'cpu'], '50m'),
      /^HorizontalPodAutoscaler .* is at its maximum of \d+ pods at 0\.\d+ CPU, less than the \d of one pod/,
    ],
    'autoscaler with a target far below the request': [
      (d) =>
        d.set(
          d.find('HorizontalPodAutoscaler'),
          ['spec', 'metrics', 0, 'resource', 'target', 'averageUtilization'],
          10,
        ),
      /^HorizontalPodAutoscaler .* is at its maximum of \d+ pods/,
    ],
    'autoscaler with a target above the request': [
      (d) =>
        d.set(
          d.find('HorizontalPodAutoscaler'),
          ['spec', 'metrics', 0, 'resource', 'target', 'averageUtilization'],
          150,
        ),
      /^HorizontalPodAutoscaler .* has a target above the CPU that its pods are sure to get/,
    ],
  }),
  ...mutations(gracePeriods, {
    'Deployment without terminationGracePeriodSeconds': [
      (d) => d.drop(d.find('Deployment'), ...POD, 'terminationGracePeriodSeconds'),
      /^Deployment .* has no terminationGracePeriodSeconds/,
    ],
    'preStop sleep as long as the grace period': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'lifecycle'], { preStop: { sleep: { seconds: 60 } } }),
      /has a preStop sleep as long as its grace period/,
    ],
  }),
];
