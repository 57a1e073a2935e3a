import { schemas } from '../schemas.ts';
import { type Mutation, mutations } from './mutation.ts';

/** Schemas of custom resources. */
export const schemasMutations: readonly Mutation[] = [
  ...mutations(schemas, {
    'Certificate without a secretName': [
      (d) => d.drop(d.find('Certificate'), 'spec', 'secretName'),
      /^Certificate .*secretName/,
    ],
    'backend port that is a string': [
      (d) => d.set(d.find('HTTPRoute', 'hello'), ['spec', 'rules', 0, 'backendRefs', 0, 'port'], '80'),
      /^HTTPRoute hello\/hello: .*port/,
    ],
    'Application without a destination': [
      (d) => d.drop(d.find('Application', 'hello'), 'spec', 'destination'),
      /^Application argocd\/hello: .*destination/,
    ],
    'listener without a protocol': [
      (d) => d.drop(d.find('Gateway'), 'spec', 'listeners', 0, 'protocol'),
      /^Gateway .*protocol/,
    ],
    'kind without a schema': [
      (d) => d.add('hello', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } }),
      /^Thing x \(example.com\/v1\) has no schema here/,
    ],
  }),
];
