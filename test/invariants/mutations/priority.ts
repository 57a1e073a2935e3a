import { noDefault, priorities } from '../priority.ts';
import { type Mutation, mutations, POD } from './mutation.ts';

/** Priorities. */
export const priorityMutations: readonly Mutation[] = [
  ...mutations(priorities, {
    'Deployment without a priority class': [
      (d) => d.drop(d.find('Deployment', 'velero'), ...POD, 'priorityClassName'),
      /^Deployment velero\/velero has no priority class/,
    ],
    'Deployment of the platform below the applications': [
      (d) => d.set(d.find('Deployment', 'external-secrets'), [...POD, 'priorityClassName'], 'apps'),
      /^Deployment external-secrets\/external-secrets has the priority class apps, below platform/,
    ],
    'database below its tier': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), [...POD, 'priorityClassName'], 'monitoring'),
      /^StatefulSet mongo\/mongo has the priority class monitoring, below data/,
    ],
    'adopted Deployment without a priority class': [
      (d) => d.drop(d.find('Deployment', 'signpost'), ...POD, 'priorityClassName'),
      /^Deployment signpost\/signpost has no priority class/,
    ],
  }),
  ...mutations(noDefault, {
    'PriorityClass that is the default': [
      (d) => d.set(d.find('PriorityClass', 'apps'), ['globalDefault'], true),
      /^PriorityClass apps is the default/,
    ],
    'PriorityClass above the platform': [
      (d) => d.set(d.find('PriorityClass', 'apps'), ['value'], 999_999_999),
      /^PriorityClass apps is as high/,
    ],
  }),
];
