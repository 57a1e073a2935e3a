import {
  storeAccessConfined,
  storeConditions,
  storedSecretsCopied,
  storedSecretsKept,
  storedSecretsOneWriter,
  storedSecretsWritten,
} from '../stored-secrets.ts';
import { at, listAt } from '../../../charts/lib/manifest.ts';
import { type Mutation, mutations } from './mutation.ts';

/** Values in the secret store. */
export const storedSecretsMutations: readonly Mutation[] = [
  ...mutations(storedSecretsWritten, {
    'ExternalSecret of an unwritten name': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'data', 0, 'remoteRef', 'key'], 'x'),
      /^ExternalSecret .* reads "x", which no PushSecret writes/,
    ],
    'ExternalSecret of a key that is not generated': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'data', 0, 'remoteRef', 'property'], 'x'),
      /reads "x" of/,
    ],
    'missing Password generator': [(d) => d.remove(d.find('Password')), /^ExternalSecret .* reads/],
  }),
  ...mutations(storedSecretsOneWriter, {
    'two PushSecrets for one name': [(d) => d.copy(d.find('PushSecret'), 'again'), /is written more than once/],
  }),
  ...mutations(storedSecretsCopied, {
    'PushSecret that is not copied': [
      (d) => {
        const copied = d.find('PushSecret', (m) => at(listAt(m, 'spec', 'data')[0], 'metadata') !== undefined);
        d.drop(copied, 'spec', 'data', 0, 'metadata');
      },
      /^PushSecret .* is not copied to [a-z0-9-]+, where the backups are$/,
    ],
    'PushSecret that is copied to another region': [
      (d) => {
        const copied = d.find('PushSecret', (m) => at(listAt(m, 'spec', 'data')[0], 'metadata') !== undefined);
        d.set(copied, ['spec', 'data', 0, 'metadata', 'spec', 'replicationLocations'], ['eu-central-2']);
      },
      /^PushSecret .* is not copied to/,
    ],
  }),
  ...mutations(storedSecretsKept, {
    'PushSecret that replaces values': [
      (d) => d.set(d.find('PushSecret'), ['spec', 'updatePolicy'], 'Replace'),
      /^PushSecret .* replaces existing values/,
    ],
    'PushSecret that deletes values': [
      (d) => d.set(d.find('PushSecret'), ['spec', 'deletionPolicy'], 'Delete'),
      /^PushSecret .* deletes from the secret store/,
    ],
    'PushSecret with two entries': [
      (d) =>
        d.push(d.find('PushSecret'), ['spec', 'data'], { match: { remoteRef: { remoteKey: 'x', property: 'y' } } }),
      /^PushSecret .* has more than one entry/,
    ],
  }),
  ...mutations(storeAccessConfined, {
    'ExternalSecret of an entry that its namespace may not read': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'data', 0, 'remoteRef', 'key'], 'x'),
      /^ValidatingAdmissionPolicy secret-store-reads does not permit .*\/x, which is used/,
    ],
    'policy that permits an entry which nothing reads': [
      (d) =>
        d.set(d.find('ValidatingAdmissionPolicy', 'secret-store-reads'), ['spec', 'variables', 0], {
          name: 'permitted',
          expression: '{"hello": ["root"]}[?request.?namespace]',
        }),
      /^ValidatingAdmissionPolicy secret-store-reads permits hello\/root, which is not used/,
    ],
    'policy that does not deny': [
      (d) =>
        d.set(
          d.find('ValidatingAdmissionPolicyBinding', 'secret-store-writes'),
          ['spec', 'validationActions'],
          ['Audit'],
        ),
      /^no policy secret-store-writes with a binding that denies/,
    ],
  }),
  ...mutations(storeConditions, {
    'ClusterSecretStore without a namespace that uses it': [
      (d) => d.drop(d.find('ClusterSecretStore'), 'spec', 'conditions', 0, 'namespaces', 0),
      /^ClusterSecretStore .* does not allow the namespace/,
    ],
    'ClusterSecretStore with a namespace that does not use it': [
      (d) => d.push(d.find('ClusterSecretStore'), ['spec', 'conditions', 0, 'namespaces'], 'hello'),
      /^ClusterSecretStore .* allows the namespace hello/,
    ],
  }),
];
