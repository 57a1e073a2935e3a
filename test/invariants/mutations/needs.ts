import { needsMet } from '../needs.ts';
import { CONTAINER, type Mutation, mutations } from './mutation.ts';

const SECRET_ENV = { name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'x' } } };

/** Derived needs. */
export const needsMutations: readonly Mutation[] = [
  ...mutations(needsMet, {
    'missing Secret': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], SECRET_ENV),
      /^Deployment hello\/hello needs Secret hello\/x, which nothing provides/,
    ],
    'Secret without a required key': [
      (d) =>
        d.set(d.find('ExternalSecret', 'ledger-mongo'), ['spec', 'target', 'template', 'data'], {
          url: '{{ .password }}',
        }),
      /^Deployment ledger\/ledger needs "uri" of Secret/,
    ],
    'Certificate with a missing issuer': [
      (d) => d.set(d.find('Certificate'), ['spec', 'issuerRef', 'name'], 'x'),
      /^Certificate .* needs (Cluster)?Issuer .*x, which nothing provides/,
    ],
    'Gateway with a missing GatewayClass': [(d) => d.remove(d.find('GatewayClass')), /^Gateway .* needs GatewayClass/],
    'Gateway with a missing Certificate': [
      (d) => d.remove(d.find('Certificate', 'wildcard')),
      /^Gateway .* needs Secret gateway\/wildcard/,
    ],
    'ExternalSecret with a missing ClusterSecretStore': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'secretStoreRef', 'name'], 'x'),
      /^ExternalSecret .* needs ClusterSecretStore x/,
    ],
    'PushSecret with a missing Password': [(d) => d.remove(d.find('Password')), /^PushSecret .* needs Password/],
    'Schedule with a missing BackupStorageLocation': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'storageLocation'], 'x'),
      /^Schedule .* needs BackupStorageLocation .*x/,
    ],
    'missing Namespace': [
      (d) => d.remove(d.find('Namespace', 'hello')),
      /needs Namespace hello, which nothing provides/,
    ],
    'missing custom resource definitions': [
      (d) => d.provides.set('cert-manager-crds', []),
      /needs the custom resource definition of Certificate/,
    ],
  }),
];
