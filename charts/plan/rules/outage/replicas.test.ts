import { add, drop, prove, set } from '../../../../test/lib/plan-rules.ts';
import { REPLICAS } from './replicas.ts';

const REPLICAS_OF = ['spec', 'replicas'] as const;
const ROLLOUT = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'shop', namespace: 'hello' },
  spec: { replicas: 4, template: { spec: { containers: [] } } },
};

prove(REPLICAS, {
  'SLP-no-pods': {
    given: add(ROLLOUT),
    fires: {
      'a Deployment': [set('Deployment', 'hello', REPLICAS_OF, 0), /^Deployment hello\/hello goes from 2 to 0 pods/],
      'a Rollout': [set('Rollout', 'shop', REPLICAS_OF, 0), /^Rollout hello\/shop goes from 4 to 0 pods/],
    },
    quiet: {
      'replicas that an autoscaler sets': set('Deployment', 'ledger', REPLICAS_OF, 0),
      'one pod': set('Deployment', 'hello', REPLICAS_OF, 1),
    },
  },
  'SLP-single-replica': {
    fires: {
      'a Deployment': [set('Deployment', 'hello', REPLICAS_OF, 1), /goes from 2 to 1 pod at least/],
      'left out, which is 1': [drop('Deployment', 'hello', ...REPLICAS_OF), /goes from 2 to 1 pod at least/],
      'an autoscaler': [
        set('HorizontalPodAutoscaler', 'ledger', ['spec', 'minReplicas'], 1),
        /^HorizontalPodAutoscaler ledger\/ledger goes from 2 to 1 pod/,
      ],
    },
    quiet: {
      'replicas that an autoscaler sets': set('Deployment', 'ledger', REPLICAS_OF, 1),
      'more pods': set('Deployment', 'hello', REPLICAS_OF, 3),
    },
  },
  'SLP-fewer-replicas': {
    given: set('Deployment', 'hello', REPLICAS_OF, 5),
    fires: { 'a Deployment': [set('Deployment', 'hello', REPLICAS_OF, 4), /goes from 5 to 4 pods at least/] },
    quiet: { 'only one, which is worse': set('Deployment', 'hello', REPLICAS_OF, 1) },
  },
  'SLP-autoscaler-maximum': {
    fires: {
      lower: [set('HorizontalPodAutoscaler', 'ledger', ['spec', 'maxReplicas'], 3), /goes up to 3 pods instead of 6/],
    },
    quiet: { higher: set('HorizontalPodAutoscaler', 'ledger', ['spec', 'maxReplicas'], 9) },
  },
  'SLP-autoscaler-invalid': {
    fires: {
      'a minimum above the maximum': [
        set('HorizontalPodAutoscaler', 'ledger', ['spec', 'minReplicas'], 7),
        /is refused: its minimum of 7 is above its maximum of 6$/,
      ],
    },
    quiet: { 'equal ones': set('HorizontalPodAutoscaler', 'ledger', ['spec', 'minReplicas'], 6) },
  },
  'SLP-suspended': {
    fires: {
      'a Job': [set('Job', 'mongo-setup', ['spec', 'suspend'], true), /^Job mongo\/mongo-setup starts no pods/],
      'a Deployment': [set('Deployment', 'hello', ['spec', 'paused'], true), /is paused: later changes/],
    },
    quiet: { 'the default': set('Job', 'mongo-setup', ['spec', 'suspend'], false) },
  },
});
