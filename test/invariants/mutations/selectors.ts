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

/** Selectors and scale targets. */
export const selectorsMutations: readonly Mutation[] = [
  ...mutations(workloadSelectors, {
    "Deployment with another selector than its pods' labels": [
      (d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', ROLE], 'x'),
      /^Deployment .* does not select its own pods/,
    ],
    'StatefulSet without a selector': [
      (d) => d.drop(d.find('StatefulSet'), 'spec', 'selector'),
      /^StatefulSet .* does not select its own pods/,
    ],
    "StatefulSet that selects another workload's pods": [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'selector', 'matchLabels', ROLE),
      /^StatefulSet mongo\/mongo also selects the pods of .*/,
    ],
  }),
  ...mutations(budgetSelectors, {
    'PodDisruptionBudget that selects no pods': [
      (d) => d.set(d.find('PodDisruptionBudget'), ['spec', 'selector', 'matchLabels', ROLE], 'x'),
      /^PodDisruptionBudget .* selects no pods/,
    ],
    'PodDisruptionBudget that selects two workloads': [
      (d) => d.drop(d.find('PodDisruptionBudget', 'mongo'), 'spec', 'selector', 'matchLabels', ROLE),
      /^PodDisruptionBudget mongo\/mongo selects .* and /,
    ],
  }),
  ...mutations(serviceSelectors, {
    'Service that selects no pods': [
      (d) => d.set(d.find('Service'), ['spec', 'selector', ROLE], 'x'),
      /^Service .* selects no pods/,
    ],
    'Service without a selector': [(d) => d.drop(d.find('Service'), 'spec', 'selector'), /^Service .* selects no pods/],
    'Service with an undeclared targetPort': [
      (d) => d.set(d.find('Service'), ['spec', 'ports', 0, 'targetPort'], 'nowhere'),
      /^Service .* targets port nowhere/,
    ],
    'Service with another protocol than its pods': [
      (d) => d.set(d.find('Service'), ['spec', 'ports', 0, 'protocol'], 'UDP'),
      /^Service .* targets port/,
    ],
    'container port with another name than the targetPort': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'ports', 0, 'name'], 'web'),
      /^Service hello\/hello targets port http, which Deployment hello\/hello/,
    ],
  }),
  ...mutations(autoscalerTargets, {
    'autoscaler with a missing target': [
      (d) => d.set(d.find('HorizontalPodAutoscaler'), ['spec', 'scaleTargetRef', 'name'], 'x'),
      /scales Deployment x, which does not exist/,
    ],
    'autoscaled Deployment that is created with one pod': [
      (d) => d.set(autoscaled(d), ['spec', 'replicas'], 1),
      /is created with 1 replicas instead of HorizontalPodAutoscaler/,
    ],
    'autoscaled Deployment without replicas': [
      (d) => d.drop(autoscaled(d), 'spec', 'replicas'),
      /is created with undefined replicas/,
    ],
  }),
  ...mutations(policySelectors, {
    'NetworkPolicy that selects no pods': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), ['spec', 'podSelector', 'matchLabels', ROLE], 'x'),
      /^NetworkPolicy hello\/hello selects no pods/,
    ],
    'NetworkPolicy in another namespace': [
      (d) => d.set(d.find('NetworkPolicy', 'hello'), ['metadata', 'namespace'], 'mongo'),
      /^NetworkPolicy mongo\/hello selects no pods/,
    ],
  }),
];
