import { schemas } from '../schemas.ts';
import { type Mutation, mutations } from './mutation.ts';

/** What the API server would refuse. */
export const schemasMutations: readonly Mutation[] = [
  ...mutations(schemas, {
    'a Certificate without a Secret': [
      (d) => d.drop(d.find('Certificate'), 'spec', 'secretName'),
      /^Certificate .*secretName/,
    ],
    'a port that is no number': [
      (d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'rules', 0, 'backendRefs', 0, 'port'], '80'),
      /^HTTPRoute whoami\/whoami: .*port/,
    ],
    'an Application without a destination': [
      (d) => d.drop(d.find('Application', 'whoami'), 'spec', 'destination'),
      /^Application argocd\/whoami: .*destination/,
    ],
    'a listener without a protocol': [
      (d) => d.drop(d.find('Gateway'), 'spec', 'listeners', 0, 'protocol'),
      /^Gateway .*protocol/,
    ],
    'a kind that nobody knows': [
      (d) => d.add('whoami', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } }),
      /^Thing x \(example.com\/v1\) has no schema here/,
    ],
  }),
];
