import { at, listAt, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';
import { capability, custom, type CustomDeclaration, type Need, type Offer, type UpstreamDefinitions } from './kind.ts';

const GROUP = 'external-secrets.io';
const GENERATORS = `generators.${GROUP}`;

/** The definitions of External Secrets and its generators. */
export const EXTERNAL_SECRETS_UPSTREAM: UpstreamDefinitions = {
  name: 'external-secrets-crds',
  repository: 'https://github.com/external-secrets/external-secrets',
  paths: ['config/crds/bases'],
};

const secrets = (group: string, kind: string, declaration: Omit<CustomDeclaration, 'schema' | 'upstream'>) =>
  custom(group, kind, { schema: 'api server', upstream: EXTERNAL_SECRETS_UPSTREAM, ...declaration });

const STORE = `${GROUP}/SecretStore`;

/** Default kind of a generator; the reference itself names the kind. */
const GENERATOR = `${GENERATORS}/Password`;

/** Generators of values and of short-lived credentials. */
const GENERATOR_KINDS = [
  'ACRAccessToken',
  'BeyondtrustWorkloadCredentialsDynamicSecret',
  'CloudsmithAccessToken',
  'ECRAuthorizationToken',
  'Fake',
  'GCRAccessToken',
  'GithubAccessToken',
  'GitlabDeployToken',
  'Grafana',
  'MFA',
  'Password',
  'QuayAccessToken',
  'SSHKey',
  'STSSessionToken',
  'UUID',
  'VaultDynamicSecret',
  'Webhook',
];

const UNWRITTEN =
  'if people keep it in the store, declare it in "secrets" of the cluster file, without the prefix of the cluster; else generate it with generateSecret';

/** The entries of the cluster's secret store that an ExternalSecret reads. */
function remoteSecrets(manifest: Manifest): Need[] {
  return ['data', 'dataFrom'].flatMap((list) =>
    listAt(manifest, 'spec', list).flatMap((item, i): Need[] => {
      const key = textAt(item, 'remoteRef', 'key') ?? textAt(item, 'extract', 'key');
      const says = `the secret "${key}" of the cluster's secret store`;
      return key
        ? [{ wants: capability.remoteSecret(key), says, path: `spec.${list}[${i}]`, when: 'before', fix: UNWRITTEN }]
        : [];
    }),
  );
}

/** The Secret that an ExternalSecret creates, with its keys if a template names them. */
function synced(manifest: Manifest): Offer[] {
  const name = textAt(manifest, 'spec', 'target', 'name') ?? manifest.metadata.name;
  const keys = Object.keys(at(manifest, 'spec', 'target', 'template', 'data') ?? {});
  const key = objectIdentity('', 'Secret', manifest.metadata.namespace, name);
  return [{ key, onceHealthy: true, keys: keys.length > 0 ? keys : undefined }];
}

/** The entries that a PushSecret writes to the cluster's secret store. */
function pushed(manifest: Manifest): Offer[] {
  return listAt(manifest, 'spec', 'data').map((item) => ({
    key: capability.remoteSecret(textAt(item, 'match', 'remoteRef', 'remoteKey') ?? ''),
    onceHealthy: true,
  }));
}

/** Sources that an item of an ExternalSecret may use instead of its store. */
const SOURCES = { 'sourceRef.storeRef': STORE, 'sourceRef.generatorRef': GENERATOR };

/** Secrets synced with an external store, and generators. */
export const externalSecrets = [
  secrets(GROUP, 'ClusterExternalSecret', { scope: 'cluster', offers: 'once healthy' }),
  secrets(GROUP, 'ClusterPushSecret', { versions: ['v1alpha1'], scope: 'cluster', offers: 'once healthy' }),
  secrets(GROUP, 'ClusterSecretStore', {
    scope: 'cluster',
    offers: 'once healthy',
    references: {
      'spec.provider.kubernetes.auth.serviceAccount': { to: 'ServiceAccount' },
      'spec.provider.*.auth.jwt.serviceAccountRef': 'ServiceAccount',
    },
  }),
  secrets(GROUP, 'ExternalSecret', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: {
      'spec.secretStoreRef': STORE,
      ...Object.fromEntries(
        ['data', 'dataFrom'].flatMap((list) =>
          Object.entries(SOURCES).map(([path, to]) => [`spec.${list}[].${path}`, to]),
        ),
      ),
    },
    noReferences: { 'spec.data[].remoteRef': 'an entry of the store, which is a need of its own' },
    needs: remoteSecrets,
    makes: synced,
  }),
  secrets(GROUP, 'PushSecret', {
    versions: ['v1alpha1'],
    scope: 'namespaced',
    offers: 'once healthy',
    references: {
      'spec.secretStoreRefs[]': STORE,
      'spec.selector.generatorRef': GENERATOR,
      'spec.selector.secret': 'Secret',
    },
    noReferences: { 'spec.data[].match.remoteRef': 'the entry that it writes' },
    makes: pushed,
  }),
  secrets(GROUP, 'SecretStore', { scope: 'namespaced', offers: 'once healthy' }),
  secrets(GENERATORS, 'ClusterGenerator', { versions: ['v1alpha1'], scope: 'cluster', offers: 'at once' }),
  secrets(GENERATORS, 'GeneratorState', { versions: ['v1alpha1'], scope: 'namespaced', offers: 'at once' }),
  ...GENERATOR_KINDS.map((kind) =>
    secrets(GENERATORS, kind, { versions: ['v1alpha1'], scope: 'namespaced', offers: 'at once' }),
  ),
];
