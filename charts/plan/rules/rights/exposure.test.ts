import { all, drop, prove, push, set } from '../../../../test/lib/plan-rules.ts';
import { EXPOSURE } from './exposure.ts';

const INTERNAL = ['metadata', 'annotations', 'service.beta.kubernetes.io/azure-load-balancer-internal'] as const;
const RANGES = ['spec', 'loadBalancerSourceRanges'] as const;
const INTRANET = [{ name: 'internal', namespace: 'gateway' }];

prove(EXPOSURE, {
  'SLP-service-public': {
    fires: {
      LoadBalancer: [
        set('Service', 'hello', ['spec', 'type'], 'LoadBalancer'),
        /is reached from the Internet: it is a LoadBalancer and was a ClusterIP$/,
      ],
      NodePort: [set('Service', 'hello', ['spec', 'type'], 'NodePort'), /is reached on a port of every node/],
      'a new one': [
        (d) => d.copy(d.find('Service', 'gateway'), 'second'),
        /^Service gateway\/second is reached from the Internet/,
      ],
    },
    quiet: {
      ClusterIP: set('Service', 'gateway', ['spec', 'type'], 'ClusterIP'),
      'a public one that changes': set('Service', 'gateway', ['spec', 'externalTrafficPolicy'], 'Cluster'),
    },
  },
  'SLP-load-balancer-opened': {
    given: all(
      set('Service', 'gateway', INTERNAL, 'true'),
      set('Service', 'gateway', RANGES, ['10.0.0.0/8', '192.0.2.0/24']),
    ),
    fires: {
      'no annotation': [drop('Service', 'gateway', ...INTERNAL), /gets a public address/],
      'no ranges': [
        drop('Service', 'gateway', ...RANGES),
        /accepts every address, and accepted only 10\.0\.0\.0\/8, 192\.0\.2\.0\/24$/,
      ],
      'one more range': [push('Service', 'gateway', RANGES, '198.51.100.0/24'), /accepts 198\.51\.100\.0\/24/],
    },
    quiet: { 'one range less': set('Service', 'gateway', RANGES, ['10.0.0.0/8']) },
  },
  'SLP-route-public': {
    given: set('HTTPRoute', 'ledger', ['spec', 'parentRefs'], INTRANET),
    fires: {
      'the public gateway': [
        set('HTTPRoute', 'ledger', ['spec', 'parentRefs'], [{ name: 'gateway', namespace: 'gateway' }]),
        /^HTTPRoute ledger\/ledger is reached through Gateway gateway\/gateway, which is public, and was only through Gateway gateway\/internal$/,
      ],
    },
    quiet: {
      'the internal gateway': set('HTTPRoute', 'hello', ['spec', 'parentRefs'], INTRANET),
      'another public gateway': set(
        'HTTPRoute',
        'hello',
        ['spec', 'parentRefs'],
        [{ name: 'gateway-hosts', namespace: 'gateway' }],
      ),
    },
  },
});
