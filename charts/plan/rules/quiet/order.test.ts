import { CONTAINER, drop, POD, prove, push, set } from '../../../../test/lib/plan-rules.ts';
import { ORDER } from './order.ts';

const ENV = [...CONTAINER, 'env'] as const;
const A = { name: 'A', value: 'a' };
const B = { name: 'B', value: '$(A)/b' };
const INIT = [...POD, 'initContainers'] as const;
const [first, second, third] = ['one', 'two', 'three'].map((name) => ({ name, image: 'registry.example.net/init:1' }));

prove(ORDER, {
  'SLP-env-unresolved': {
    given: (d) => {
      d.set(d.find('Deployment', 'hello'), ENV, [A, B]);
    },
    fires: {
      'another order': [
        set('Deployment', 'hello', ENV, [B, A]),
        /^Variable B of container hello of Deployment hello\/hello has the text \$\(A\), unresolved: A comes after it in the list$/,
      ],
      'a variable less': [drop('Deployment', 'hello', ...ENV, 0), /A is not set any more$/],
      'of a Job': [set('Job', 'mongo-setup', ENV, [B, A]), /of Job mongo\/mongo-setup has the text/],
    },
    quiet: {
      'another order of others': set('Deployment', 'ledger', ENV, [{ name: 'X', value: 'x' }, A]),
      'an escaped reference': set('Deployment', 'hello', ENV, [{ name: 'B', value: '$$(A)' }, A]),
      'a name that nothing ever set': push('Deployment', 'hello', ENV, { name: 'C', value: '$(POD_IP)' }),
    },
  },
  'SLP-init-order': {
    given: set('Deployment', 'hello', INIT, [first, second]),
    fires: {
      swapped: [set('Deployment', 'hello', INIT, [second, first]), /run in the order two, one instead of one, two$/],
    },
    quiet: { 'one more': set('Deployment', 'hello', INIT, [first, third, second]) },
  },
});
