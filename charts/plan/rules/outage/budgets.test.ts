import { all, drop, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import { BUDGETS } from './budgets.ts';

const MAX = ['spec', 'maxUnavailable'] as const;

prove(BUDGETS, {
  'SLP-drain-blocked': {
    given: all(
      drop('PodDisruptionBudget', 'ledger', ...MAX),
      set('PodDisruptionBudget', 'ledger', ['spec', 'minAvailable'], 1),
      set('PodDisruptionBudget', 'gateway', MAX, 0),
    ),
    fires: {
      'maxUnavailable 0': [
        set('PodDisruptionBudget', 'hello', MAX, 0),
        /\(maxUnavailable 0\) lets no pod of Deployment hello\/hello be evicted/,
      ],
      'maxUnavailable 0%': [set('PodDisruptionBudget', 'hello', MAX, '0%'), /\(maxUnavailable 0%\)/],
      'minAvailable of all': [set('PodDisruptionBudget', 'ledger', ['spec', 'minAvailable'], 2), /\(minAvailable 2\)/],
      'an autoscaler with as few pods': [
        set('HorizontalPodAutoscaler', 'ledger', ['spec', 'minReplicas'], 1),
        /^PodDisruptionBudget ledger\/ledger \(minAvailable 1\) lets no pod/,
      ],
    },
    quiet: {
      'a percentage that is rounded up': set('PodDisruptionBudget', 'hello', MAX, '10%'),
      'one that blocked before': set('PodDisruptionBudget', 'gateway', MAX, '0%'),
      'a workload that is off': all(
        set('PodDisruptionBudget', 'hello', MAX, 0),
        set('Deployment', 'hello', ['spec', 'replicas'], 0),
      ),
    },
  },
  'SLP-budget-removed': {
    fires: {
      removed: [
        remove('PodDisruptionBudget', 'hello'),
        /^Without PodDisruptionBudget hello\/hello a drain may stop all pods of Deployment hello\/hello at once$/,
      ],
      'a selector of others': [
        set('PodDisruptionBudget', 'hello', ['spec', 'selector', 'matchLabels', 'app.kubernetes.io/name'], 'x'),
        /no longer counts the pods of Deployment hello\/hello/,
      ],
    },
    quiet: {
      'with its workload': all(remove('PodDisruptionBudget', 'hello'), remove('Deployment', 'hello')),
      'of a workload that now has one pod': all(
        set('Deployment', 'hello', ['spec', 'replicas'], 1),
        remove('PodDisruptionBudget', 'hello'),
      ),
      'for one of another name': all(
        (d) => d.copy(d.find('PodDisruptionBudget', 'hello'), 'other'),
        remove('PodDisruptionBudget', 'hello'),
      ),
    },
  },
  'SLP-budget-looser': {
    fires: {
      'two at once': [
        set('PodDisruptionBudget', 'hello', MAX, 2),
        /stop 2 pods at once instead of 1: maxUnavailable 1 → maxUnavailable 2$/,
      ],
    },
    quiet: {
      'the same as a percentage': set('PodDisruptionBudget', 'hello', MAX, '50%'),
      'fewer pods': set('Deployment', 'hello', ['spec', 'replicas'], 1),
    },
  },
});
