import { storeConditions, storedSecretsKept, storedSecretsOnce, storedSecretsWritten } from '../stored-secrets.ts';
import { type Mutation, mutations } from './mutation.ts';

/** What lies in the secret store. */
export const storedSecretsMutations: readonly Mutation[] = [
  ...mutations(storedSecretsWritten, {
    'a name that nobody writes': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'data', 0, 'remoteRef', 'key'], 'x'),
      /^ExternalSecret .* reads "x", which nobody writes/,
    ],
    'a key that nobody generates': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'data', 0, 'remoteRef', 'property'], 'x'),
      /reads "x" of/,
    ],
    'a generator that is gone': [(d) => d.remove(d.find('Password')), /^ExternalSecret .* reads/],
  }),
  ...mutations(storedSecretsOnce, {
    'two writers': [(d) => d.copy(d.find('PushSecret'), 'again'), /is written more than once/],
  }),
  ...mutations(storedSecretsKept, {
    'a password that changes': [
      (d) => d.set(d.find('PushSecret'), ['spec', 'updatePolicy'], 'Replace'),
      /^PushSecret .* replaces what is there/,
    ],
    'a password that goes': [
      (d) => d.set(d.find('PushSecret'), ['spec', 'deletionPolicy'], 'Delete'),
      /^PushSecret .* deletes from the store/,
    ],
    'two entries': [
      (d) =>
        d.push(d.find('PushSecret'), ['spec', 'data'], { match: { remoteRef: { remoteKey: 'x', property: 'y' } } }),
      /^PushSecret .* has more than one entry/,
    ],
  }),
  ...mutations(storeConditions, {
    'a user who is refused': [
      (d) => d.drop(d.find('ClusterSecretStore'), 'spec', 'conditions', 0, 'namespaces', 0),
      /^ClusterSecretStore .* refuses/,
    ],
    'a stranger who is let in': [
      (d) => d.push(d.find('ClusterSecretStore'), ['spec', 'conditions', 0, 'namespaces'], 'hello'),
      /^ClusterSecretStore .* lets in hello/,
    ],
  }),
];
