import { add, drop, prove, set } from '../../../../test/lib/plan-rules.ts';
import { NAMESPACES } from './namespaces.ts';

const ENFORCE = ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'] as const;

prove(NAMESPACES, {
  'SLP-pod-security-loosened': {
    given: set('Namespace', 'ledger', ENFORCE, 'baseline'),
    fires: {
      baseline: [
        set('Namespace', 'hello', ENFORCE, 'baseline'),
        /^Namespace hello admits pods up to the level baseline: it enforced restricted/,
      ],
      'no level': [
        drop('Namespace', 'hello', ...ENFORCE),
        /level privileged: it enforced restricted, and enforces nothing$/,
      ],
      'a new namespace without one': [
        add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } }),
        /^The new Namespace new admits/,
      ],
    },
    quiet: {
      restricted: set('Namespace', 'ledger', ENFORCE, 'restricted'),
      'a new namespace with one': (d) => d.copy(d.find('Namespace', 'hello'), 'new'),
    },
  },
});
