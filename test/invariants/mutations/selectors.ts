import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import {
  autoscalerTargets,
  budgetSelectors,
  policySelectors,
  serviceSelectors,
  workloadSelectors,
} from '../selectors.ts';
import { CONTAINER, type Mutation, mutations } from './mutation.ts';

const ROLE = 'app.kubernetes.io/component';

/** The target of the first autoscaler. */
function autoscaled(d: Draft): Manifest {
  return d.find('Deployment', d.find('HorizontalPodAutoscaler').metadata.name);
}

/** Who selects whom. */
export const selectorsMutations: readonly Mutation[] = [
  ...mutations(workloadSelectors, {
    'a selector for nobody': [
      (d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', ROLE], 'x'),
      /^Deployment .* does not select its own pods/,
    ],
    'no selector': [
      (d) => d.drop(d.find('StatefulSet'), 'spec', 'selector'),
      /^StatefulSet .* does not select its own pods/,
    ],
    "somebody else's pods": [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'selector', 'matchLabels', ROLE),
      /^StatefulSet mongo\/mongo selects the pods of .* too/,
    ],
  }),
  ...mutations(budgetSelectors, {
    'a budget for nobody': [
      (d) => d.set(d.find('PodDisruptionBudget'), ['spec', 'selector', 'matchLabels', ROLE], 'x'),
      /^PodDisruptionBudget .* selects no pods/,
    ],
    'a budget for two': [
      (d) => d.drop(d.find('PodDisruptionBudget', 'mongo'), 'spec', 'selector', 'matchLabels', ROLE),
      /^PodDisruptionBudget mongo\/mongo selects .* and /,
    ],
  }),
  ...mutations(serviceSelectors, {
    'a Service for nobody': [
      (d) => d.set(d.find('Service'), ['spec', 'selector', ROLE], 'x'),
      /^Service .* reaches no pods/,
    ],
    'a Service without a selector': [
      (d) => d.drop(d.find('Service'), 'spec', 'selector'),
      /^Service .* reaches no pods/,
    ],
    'a port that nobody has': [
      (d) => d.set(d.find('Service'), ['spec', 'ports', 0, 'targetPort'], 'nowhere'),
      /^Service .* leads to port nowhere/,
    ],
    'another protocol': [
      (d) => d.set(d.find('Service'), ['spec', 'ports', 0, 'protocol'], 'UDP'),
      /^Service .* leads to port/,
    ],
    'a port that was renamed': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'ports', 0, 'name'], 'web'),
      /^Service hello\/hello leads to port http, which Deployment hello\/hello/,
    ],
  }),
  ...mutations(autoscalerTargets, {
    'a target that is not there': [
      (d) => d.set(d.find('HorizontalPodAutoscaler'), ['spec', 'scaleTargetRef', 'name'], 'x'),
      /scales Deployment x, which does not exist/,
    ],
    'a count beside it': [
      (d) => d.set(autoscaled(d), ['spec', 'replicas'], 2),
      /sets replicas, which HorizontalPodAutoscaler/,
    ],
  }),
  ...mutations(policySelectors, {
    'a policy for nobody': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), ['spec', 'podSelector', 'matchLabels', ROLE], 'x'),
      /^NetworkPolicy hello\/hello selects no pods/,
    ],
    'a policy in another namespace': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), ['metadata', 'namespace'], 'mongo'),
      /^NetworkPolicy mongo\/hello selects no pods/,
    ],
  }),
];
