import { all, POD, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import { REFERENCES } from './references.ts';

prove(REFERENCES, {
  'SLP-reference-broken': {
    fires: {
      'a Service of a route': [
        remove('Service', 'hello'),
        /^Service hello\/hello is gone, and HTTPRoute hello\/hello still refers to it$/,
      ],
      'a Secret that a controller made': [
        remove('ExternalSecret', 'ledger-mongo'),
        /^Secret ledger\/ledger-mongo is gone, and Deployment ledger\/ledger still refers/,
      ],
      'a key of a ConfigMap': [
        (d) => {
          const map = d.find('ConfigMap', 'mongosh');
          d.push(d.find('StatefulSet', 'mongo'), [...POD, 'volumes'], {
            name: 'x',
            configMap: { name: 'mongosh', items: [{ key: 'absent', path: 'a' }] },
          });
          d.push(d.find('Job', 'mongo-setup'), [...POD, 'volumes'], {
            name: 'x',
            configMap: { name: 'mongosh', items: [{ key: 'mongosh.conf', path: 'a' }] },
          });
          d.set(map, ['data'], { other: '1' });
        },
        /^Key mongosh\.conf of ConfigMap mongo\/mongosh is gone, and Job mongo\/mongo-setup still refers to it$/,
      ],
      'a ServiceAccount': [remove('ServiceAccount', 'hello'), /^ServiceAccount hello\/hello is gone/],
    },
    quiet: {
      'with what refers to it': all(remove('Service', 'hello'), remove('HTTPRoute', 'hello')),
      'for another that makes the same': all(
        (d) => d.copy(d.find('ExternalSecret', 'ledger-mongo'), 'other'),
        remove('ExternalSecret', 'ledger-mongo'),
      ),
    },
  },
  'SLP-reference-unknown': {
    fires: {
      'a backend': [
        set('HTTPRoute', 'hello', ['spec', 'rules', 0, 'backendRefs', 0, 'name'], 'x'),
        /^HTTPRoute hello\/hello refers to Service hello\/x, which does not exist$/,
      ],
      'an account': [
        set('Deployment', 'hello', [...POD, 'serviceAccountName'], 'x'),
        /refers to ServiceAccount hello\/x/,
      ],
    },
    quiet: {
      'one of a namespace that is not in Git': all(
        set('HTTPRoute', 'hello', ['spec', 'rules', 0, 'backendRefs', 0, 'namespace'], 'elsewhere'),
      ),
      'one that is new too': all(set('Deployment', 'hello', [...POD, 'serviceAccountName'], 'x'), (d) =>
        d.copy(d.find('ServiceAccount', 'hello'), 'x'),
      ),
    },
  },
});
