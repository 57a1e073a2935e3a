import { all, drop, prove, push, remove, set, within } from '../../../../test/lib/plan-rules.ts';
import { POLICIES } from './policies.ts';

const HELLO = within('hello', 'hello');
const DENY = within('hello', 'default-deny');

prove(POLICIES, {
  'SLP-isolation-lost': {
    fires: {
      'no default-deny': [
        remove('NetworkPolicy', DENY),
        /^No policy limits the ingress of other pods of namespace hello any more/,
      ],
      'a dropped type': [
        set('NetworkPolicy', DENY, ['spec', 'policyTypes'], ['Ingress']),
        /^No policy limits the egress of other pods of namespace hello any more: they may call everything/,
      ],
      'no policy at all': [
        all(remove('NetworkPolicy', DENY), remove('NetworkPolicy', HELLO)),
        /^No policy limits the ingress of Deployment hello\/hello any more/,
      ],
    },
    quiet: {
      'the default-deny stays': remove('NetworkPolicy', HELLO),
      'the whole namespace goes': (d) => d.removeComponent('hello'),
    },
  },
  'SLP-open-to-all': {
    fires: {
      'no from': [
        drop('NetworkPolicy', HELLO, 'spec', 'ingress', 0, 'from'),
        /^NetworkPolicy hello\/hello lets everyone call port 3000\/TCP of its pods$/,
      ],
      'an empty from': [
        set('NetworkPolicy', HELLO, ['spec', 'ingress', 0, 'from'], []),
        /lets everyone call port 3000\/TCP/,
      ],
      'every address': [
        push('NetworkPolicy', HELLO, ['spec', 'ingress', 0, 'from'], { ipBlock: { cidr: '0.0.0.0/0' } }),
        /lets everyone call port 3000\/TCP/,
      ],
      'every namespace': [
        push('NetworkPolicy', HELLO, ['spec', 'ingress', 0, 'from'], { namespaceSelector: {} }),
        /lets everyone call/,
      ],
    },
    quiet: {
      'another order': (d) => {
        const policy = d.find('NetworkPolicy', HELLO);
        d.set(
          policy,
          ['spec', 'ingress'],
          (policy as unknown as { spec: { ingress: unknown[] } }).spec.ingress.toReversed(),
        );
      },
      'the pods of its namespace': push('NetworkPolicy', HELLO, ['spec', 'ingress', 0, 'from'], { podSelector: {} }),
    },
  },
  'SLP-egress-to-all': {
    fires: {
      'no to': [
        drop('NetworkPolicy', HELLO, 'spec', 'egress', 0, 'to'),
        /lets its pods call everyone on port 53\/UDP, 53\/TCP$/,
      ],
    },
    quiet: {
      'one address': push('NetworkPolicy', HELLO, ['spec', 'egress', 0, 'to'], { ipBlock: { cidr: '192.0.2.1/32' } }),
    },
  },
});
