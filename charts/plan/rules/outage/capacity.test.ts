import { add, all, drop, POD, prove, set } from '../../../../test/lib/plan-rules.ts';
import { CAPACITY } from './capacity.ts';

const QUOTA = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'hello', namespace: 'hello' },
  spec: { hard: { 'requests.cpu': '1', pods: '10' } },
};

prove(CAPACITY, {
  'SLP-quota-exceeded': {
    given: add(QUOTA),
    fires: {
      'a quota below the requests': [
        set('ResourceQuota', 'hello', ['spec', 'hard', 'requests.cpu'], '100m'),
        /^ResourceQuota hello\/hello allows 100m of requests\.cpu, and the pods of its namespace need more/,
      ],
      'more pods': [set('Deployment', 'hello', ['spec', 'replicas'], 11), /allows 10 of pods/],
    },
    quiet: {
      'the same in another unit': set('ResourceQuota', 'hello', ['spec', 'hard', 'requests.cpu'], '500m'),
      'another namespace': set('Deployment', 'ledger', ['spec', 'replicas'], 50),
    },
  },
  'SLP-node-selector': {
    fires: {
      'a new label': [
        set('Deployment', 'hello', [...POD, 'nodeSelector', 'pool'], 'fast'),
        /run only on nodes with pool: fast/,
      ],
    },
    quiet: {
      'a label that others ask for': all(
        drop('Deployment', 'ledger', ...POD, 'nodeSelector'),
        set('Deployment', 'hello', [...POD, 'priorityClassName'], 'platform'),
      ),
      'no label': drop('Deployment', 'hello', ...POD, 'nodeSelector'),
    },
  },
});
