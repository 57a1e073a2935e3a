import { add, drop, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import { SCALING } from './scaling.ts';

const scaler = add({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'hello', namespace: 'hello' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello' },
    minReplicas: 2,
    maxReplicas: 4,
  },
});

prove(SCALING, {
  'SLP-autoscaler-fight': {
    given: drop('Deployment', 'ledger', 'spec', 'replicas'),
    fires: {
      'an autoscaler of replicas in Git': [
        scaler,
        /^Deployment hello\/hello has replicas 2 in Git and HorizontalPodAutoscaler hello\/hello sets its own/,
      ],
      'replicas that Argo CD does not leave alone': [
        (d) => {
          d.set(d.find('Deployment', 'ledger'), ['spec', 'replicas'], 2);
          d.drop(d.find('Application', 'ledger'), 'spec', 'ignoreDifferences');
        },
        /^Deployment ledger\/ledger has replicas 2 in Git/,
      ],
    },
    quiet: {
      'replicas that Argo CD leaves alone': set('Deployment', 'ledger', ['spec', 'replicas'], 2),
      'no autoscaler any more': remove('HorizontalPodAutoscaler', 'ledger'),
    },
  },
  'SLP-replicas-left-out': {
    fires: {
      'no replicas': [
        drop('Deployment', 'ledger', 'spec', 'replicas'),
        /alone decides on the replicas of Deployment ledger\/ledger/,
      ],
    },
    quiet: { 'without an autoscaler': drop('Deployment', 'hello', 'spec', 'replicas') },
  },
});
