import { needsMet } from '../needs.ts';
import { CONTAINER, type Mutation, mutations } from './mutation.ts';

const SECRET_ENV = { name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'x' } } };

/** What the generator knows that objects rely on. */
export const needsMutations: readonly Mutation[] = [
  ...mutations(needsMet, {
    'a Secret that nobody makes': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], SECRET_ENV),
      /^Deployment hello\/hello needs Secret hello\/x, which nothing provides/,
    ],
    'a key that nobody makes': [
      (d) =>
        d.set(d.find('ExternalSecret', 'ledger-mongo'), ['spec', 'target', 'template', 'data'], {
          url: '{{ .password }}',
        }),
      /^Deployment ledger\/ledger needs "uri" of Secret/,
    ],
    'an issuer that is not there': [
      (d) => d.set(d.find('Certificate'), ['spec', 'issuerRef', 'name'], 'x'),
      /^Certificate .* needs (Cluster)?Issuer .*x, which nothing provides/,
    ],
    'a class that is not there': [(d) => d.remove(d.find('GatewayClass')), /^Gateway .* needs GatewayClass/],
    'a certificate that nothing issues': [
      (d) => d.remove(d.find('Certificate', 'wildcard')),
      /^Gateway .* needs Secret gateway\/wildcard/,
    ],
    'a store that is not there': [
      (d) => d.set(d.find('ExternalSecret'), ['spec', 'secretStoreRef', 'name'], 'x'),
      /^ExternalSecret .* needs ClusterSecretStore x/,
    ],
    'a generator that is not there': [(d) => d.remove(d.find('Password')), /^PushSecret .* needs Password/],
    'a backup location that is not there': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'storageLocation'], 'x'),
      /^Schedule .* needs BackupStorageLocation .*x/,
    ],
    'a namespace that is not there': [
      (d) => d.remove(d.find('Namespace', 'hello')),
      /needs Namespace hello, which nothing provides/,
    ],
    'definitions that are not there': [
      (d) => d.provides.set('cert-manager-crds', []),
      /needs the custom resource definition of Certificate/,
    ],
  }),
];
