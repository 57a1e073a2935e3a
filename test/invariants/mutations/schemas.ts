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
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'rules', 0, 'backendRefs', 0, 'port'], '80'),
      /^HTTPRoute hello\/hello: .*port/,
    ],
    'an Application without a destination': [
      (d) => d.drop(d.find('Application', 'hello'), 'spec', 'destination'),
      /^Application argocd\/hello: .*destination/,
    ],
    'a listener without a protocol': [
      (d) => d.drop(d.find('Gateway'), 'spec', 'listeners', 0, 'protocol'),
      /^Gateway .*protocol/,
    ],
    'a kind that nobody knows': [
      (d) => d.add('hello', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } }),
      /^Thing x \(example.com\/v1\) has no schema here/,
    ],
  }),
];
