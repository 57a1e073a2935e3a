import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { budgets, budgetsUsed, budgetsYield, gracePeriods, spread, updates } from '../availability.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const ROLE = 'app.kubernetes.io/component';

/** The target of the first autoscaler. */
function autoscaled(d: Draft): Manifest {
  return d.find('Deployment', d.find('HorizontalPodAutoscaler').metadata.name);
}

/** What stays when a pod goes. */
export const availabilityMutations: readonly Mutation[] = [
  ...mutations(budgets, {
    'no budget': [
      (d) => d.remove(d.find('PodDisruptionBudget', 'mongo')),
      /^StatefulSet mongo\/mongo has 0 disruption budgets/,
    ],
    'two budgets': [
      (d) => d.copy(d.find('PodDisruptionBudget', 'mongo'), 'again'),
      /^StatefulSet mongo\/mongo has 2 disruption budgets/,
    ],
    'an autoscaled Deployment without one': [
      (d) => d.remove(d.find('PodDisruptionBudget', autoscaled(d).metadata.name)),
      /^Deployment .* has 0 disruption budgets/,
    ],
  }),
  ...mutations(budgetsYield, {
    'nobody may go': [
      (d) => d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec', 'maxUnavailable'], 0),
      /allows no disruption of 3 pods/,
    ],
    'as many must stay as there are': [
      (d) =>
        d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec'], {
          ...(d.find('PodDisruptionBudget', 'mongo')['spec'] as object),
          maxUnavailable: undefined,
          minAvailable: '100%',
        }),
      /allows no disruption of 3 pods/,
    ],
    'all may go': [
      (d) => d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec', 'maxUnavailable'], '90%'),
      /allows that all 3 pods go/,
    ],
    'a broken pod blocks its node': [
      (d) => d.drop(d.find('PodDisruptionBudget'), 'spec', 'unhealthyPodEvictionPolicy'),
      /lets a pod that is not ready block its node/,
    ],
  }),
  ...mutations(budgetsUsed, {
    'one pod': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'replicas'], 1),
      /is for StatefulSet mongo\/mongo, which has one pod/,
    ],
  }),
  ...mutations(spread, {
    'no constraints': [
      (d) => d.drop(autoscaled(d), ...POD, 'topologySpreadConstraints'),
      /^Deployment .* is not spread over kubernetes.io\/hostname/,
    ],
    'zones alone left out': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'topologySpreadConstraints', 0),
      /is not spread over topology.kubernetes.io\/zone/,
    ],
    "constraints for somebody else's pods": [
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
    'all at once': [
      (d) => d.set(autoscaled(d), ['spec', 'strategy'], { type: 'Recreate' }),
      /^Deployment .* ends its old pods/,
    ],
    'one less': [
      (d) => d.set(autoscaled(d), ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], 1),
      /goes below its number of pods/,
    ],
    'by hand': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'updateStrategy', 'type'], 'OnDelete'),
      /is not updated one by one/,
    ],
  }),
  ...mutations(gracePeriods, {
    'nothing said': [
      (d) => d.drop(d.find('Deployment'), ...POD, 'terminationGracePeriodSeconds'),
      /^Deployment .* has no terminationGracePeriodSeconds/,
    ],
    'asleep until the end': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'lifecycle'], { preStop: { sleep: { seconds: 60 } } }),
      /sleeps its whole time to stop away/,
    ],
  }),
];
