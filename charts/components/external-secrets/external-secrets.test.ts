import { describe, expect, it } from 'vitest';
import { CERT_MANAGER_UPSTREAM } from '../../kinds/cert-manager.ts';
import { EXTERNAL_SECRETS_UPSTREAM } from '../../kinds/external-secrets.ts';
import { Definitions } from '../../lib/definitions.ts';
import { KUBE_DNS } from '../../cloud/cloud.ts';
import { kind } from '../../cloud/kind.ts';
import { at, objectIdentity, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { HTTPS_ANYWHERE } from '../../lib/network.ts';
import { deriveOrder } from '../../order/order.ts';
import { ExternalSecrets, type ExternalSecretsProps } from './external-secrets.ts';
import { externalSecretsSettings } from './settings.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { upstreamKinds } from '../../upstream/upstream.ts';
import { newestUpstream } from '../../../test/lib/upstream.ts';

const CLOUD: ExternalSecretsProps = {
  image: 'external-secrets:1',
  upstream: newestUpstream('external-secrets'),
  webhook: {},
  replicas: 1,
  provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } },
  keyPrefix: 'production-',
  given: [],
  identity: {
    serviceAccountAnnotations: { id: 'role' },
    podLabels: { use: 'true' },
    env: { AWS_REGION: 'eu-central-1' },
    openings: [HTTPS_ANYWHERE],
  },
};
const LOCAL: ExternalSecretsProps = {
  ...CLOUD,
  provider: kind({ name: 'local', domain: 'slipway.localhost' }, {}).secretStore,
  keyPrefix: '',
  identity: { openings: [] },
};

/** An ExternalSecret that reads an entry of the store. */
function reader(namespace: string, spec: object = {}): Manifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'reader', namespace },
    spec: {
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'cluster' },
      data: [{ secretKey: 'a', remoteRef: { key: `production-${namespace}` } }],
      ...spec,
    },
  };
}

function render(props: Partial<ExternalSecretsProps> = {}, namespaces: readonly string[] = ['web']): Manifest[] {
  const component = new ExternalSecrets({ ...CLOUD, ...props });
  component.derive(namespaces.map((namespace) => reader(namespace)));
  component.dns = [KUBE_DNS];
  return [...manifestsOf(component).manifests];
}

function find(manifests: readonly Manifest[], sort: string, name: string, namespace?: string): Manifest {
  const found = manifests.find(
    (m) =>
      m.kind === sort && m.metadata.name === name && (namespace === undefined || m.metadata.namespace === namespace),
  );
  if (!found) throw new Error(`no ${sort} ${name}`);
  return found;
}

const READ = new Set(['get', 'list', 'watch']);
const args = (deployment: Manifest): string =>
  listAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'args').join(' ');
const pod = (deployment: Manifest): unknown => at(deployment, 'spec', 'template', 'spec');

describe('ClusterSecretStore', () => {
  it('permits each namespace that uses it once', () => {
    const store = find(render({}, ['web', 'mongo', 'web']), 'ClusterSecretStore', 'cluster');
    expect(at(store, 'spec', 'conditions')).toEqual([{ namespaces: ['mongo', 'web'] }]);
    expect(at(store, 'spec', 'provider')).toEqual(CLOUD.provider);
  });

  it('permits no namespace if none uses it', () => {
    expect(at(find(render({}, []), 'ClusterSecretStore', 'cluster'), 'spec', 'conditions')).toEqual([
      { namespaces: [] },
    ]);
  });

  it('exposes its name and key prefix to components', () => {
    expect(new ExternalSecrets(CLOUD).store).toMatchObject({ name: 'cluster', keyPrefix: 'production-' });
  });
});

describe('controller', () => {
  it('has no permissions for disabled reconcilers or other ServiceAccounts', () => {
    const manifests = render();
    expect(args(find(manifests, 'Deployment', 'external-secrets'))).toContain(
      '--enable-secret-store-reconciler=false --enable-cluster-external-secret-reconciler=false --enable-cluster-push-secret-reconciler=false',
    );
    const rules = listAt(find(manifests, 'ClusterRole', 'external-secrets'), 'rules');
    const resources = (among = rules): unknown[] => among.flatMap((rule) => listAt(rule, 'resources'));
    for (const off of ['serviceaccounts/token', 'configmaps', '*']) expect(resources()).not.toContain(off);
    const writing = rules.filter((rule) => listAt(rule, 'verbs').some((verb) => !READ.has(String(verb))));
    for (const off of ['secretstores', 'clusterexternalsecrets', 'clusterpushsecrets', 'serviceaccounts', 'namespaces'])
      expect(resources(writing).filter((resource) => String(resource).startsWith(off))).toEqual([]);
  });

  it('may list every kind of its definitions, since a read through its cache never returns for others', () => {
    const rules = listAt(find(render(), 'ClusterRole', 'external-secrets'), 'rules');
    const listed = rules.filter((rule) => listAt(rule, 'verbs').includes('list'));
    const kinds = upstreamKinds().filter(({ group }) => group.endsWith('external-secrets.io'));
    expect(kinds.length).toBe(25);
    for (const { group, resource } of kinds)
      expect(
        listed.some(
          (rule) => listAt(rule, 'apiGroups').includes(group) && listAt(rule, 'resources').includes(resource),
        ),
        resource,
      ).toBe(true);
  });

  it('may update finalizers, GeneratorStates and its lease', () => {
    const manifests = render();
    const allows = (role: Manifest, resource: string): unknown[] => [
      ...new Set(
        listAt(role, 'rules')
          .filter((rule) => listAt(rule, 'resources').includes(resource))
          .flatMap((rule) => listAt(rule, 'verbs')),
      ),
    ];
    const role = find(manifests, 'ClusterRole', 'external-secrets');
    expect(allows(role, 'externalsecrets')).toEqual(['get', 'list', 'watch', 'update', 'patch']);
    expect(allows(role, 'generatorstates')).toContain('delete');
    for (const kept of ['externalsecrets/status', 'pushsecrets/status', 'clustersecretstores/status'])
      expect(allows(role, kept)).toContain('update');
    expect(args(find(manifests, 'Deployment', 'external-secrets'))).toContain('--enable-leader-election');
    expect(allows(find(manifests, 'Role', 'external-secrets'), 'leases')).toEqual(['create', 'get', 'update', 'patch']);
  });

  it('has the cloud identity, and the webhook has not', () => {
    const manifests = render();
    expect(find(manifests, 'ServiceAccount', 'external-secrets').metadata.annotations).toEqual({ id: 'role' });
    expect(at(find(manifests, 'Deployment', 'external-secrets'), 'spec', 'template', 'metadata', 'labels', 'use')).toBe(
      'true',
    );
    expect(find(manifests, 'ServiceAccount', 'external-secrets-webhook').metadata.annotations).toBeUndefined();
    expect(
      at(find(manifests, 'Deployment', 'external-secrets-webhook'), 'spec', 'template', 'metadata', 'labels', 'use'),
    ).toBeUndefined();
  });
});

describe('webhook', () => {
  const manifests = render();
  const deployment = find(manifests, 'Deployment', 'external-secrets-webhook');
  const certificate = find(manifests, 'Certificate', 'external-secrets-webhook');
  const configuration = find(manifests, 'ValidatingWebhookConfiguration', 'external-secrets-webhook');
  const hours = (duration: string | undefined): number => Number(/^(\d+)h$/.exec(duration ?? '')?.[1]);

  it('has a certificate that is renewed more than 90 days before it expires', () => {
    expect(hours(textAt(certificate, 'spec', 'renewBefore'))).toBeGreaterThan(90 * 24);
    expect(hours(textAt(certificate, 'spec', 'duration'))).toBeGreaterThan(
      hours(textAt(certificate, 'spec', 'renewBefore')),
    );
  });

  it('has the same DNS name in certificate, flags and webhook configuration', () => {
    const service = 'external-secrets-webhook.external-secrets.svc';
    expect(at(certificate, 'spec', 'dnsNames')).toEqual([service]);
    expect(args(deployment)).toContain(`--dns-name=${service}`);
    expect(
      listAt(configuration, 'webhooks').map(
        (hook) =>
          `${textAt(hook, 'clientConfig', 'service', 'name')}.${textAt(hook, 'clientConfig', 'service', 'namespace')}.svc`,
      ),
    ).toEqual([service, service, service]);
  });

  it('has a caBundle injected by cert-manager and mounts its certificate', () => {
    expect(configuration.metadata.annotations).toEqual({
      'cert-manager.io/inject-ca-from': `external-secrets/${certificate.metadata.name}`,
    });
    expect(at(pod(deployment), 'volumes')).toEqual([
      { name: 'certificates', secret: { secretName: textAt(certificate, 'spec', 'secretName') } },
    ]);
  });

  it('validates CREATE and UPDATE but not DELETE', () => {
    const rules = listAt(configuration, 'webhooks').flatMap((hook) => listAt(hook, 'rules'));
    expect(rules.map((rule) => at(rule, 'operations'))).toEqual(rules.map(() => ['CREATE', 'UPDATE']));
    expect(rules.flatMap((rule) => listAt(rule, 'resources'))).toEqual([
      'externalsecrets',
      'secretstores',
      'clustersecretstores',
    ]);
    expect(listAt(configuration, 'webhooks').map((hook) => textAt(hook, 'clientConfig', 'service', 'path'))).toEqual([
      '/validate-external-secrets-io-v1-externalsecret',
      '/validate-external-secrets-io-v1-secretstore',
      '/validate-external-secrets-io-v1-clustersecretstore',
    ]);
  });

  it('has egress to DNS only', () => {
    const egress = listAt(find(manifests, 'NetworkPolicy', 'external-secrets-webhook'), 'spec', 'egress');
    expect(egress.flatMap((rule) => listAt(rule, 'ports').map((port) => at(port, 'port')))).toEqual([53, 53]);
  });
});

describe('policies', () => {
  const variable = (name: string, of: readonly Manifest[], policy = 'secret-store-reads'): unknown =>
    listAt(find(of, 'ValidatingAdmissionPolicy', policy), 'spec', 'variables').find((v) => textAt(v, 'name') === name);

  it('permit each namespace the entries that its manifests read', () => {
    expect(variable('permitted', render({}, ['web', 'mongo', 'web']))).toEqual({
      name: 'permitted',
      expression: `{
  "mongo": ["production-mongo"],
  "web": ["production-web"]
}[?request.?namespace.orValue('')].orValue([])`,
    });
    expect(variable('permitted', render(), 'secret-store-writes')).toMatchObject({
      expression: "{}[?request.?namespace.orValue('')].orValue([])",
    });
  });

  it('permit the store of the component, and no other', () => {
    expect(variable('permitted', render(), 'secret-store-objects')).toMatchObject({
      expression: expect.stringContaining('"": ["ClusterSecretStore/cluster"]'),
    });
  });

  it('review every kind of the definitions', () => {
    const reviewed = render()
      .filter(({ kind: sort }) => sort === 'ValidatingAdmissionPolicy')
      .flatMap((policy) => listAt(policy, 'spec', 'matchConstraints', 'resourceRules'))
      .flatMap((rule) =>
        listAt(rule, 'apiGroups').flatMap((g) => listAt(rule, 'resources').map((r) => `${String(g)}/${String(r)}`)),
      );
    const kinds = upstreamKinds().filter(({ group }) => group.endsWith('external-secrets.io'));
    expect(reviewed.toSorted()).toEqual(kinds.map(({ group, resource }) => `${group}/${resource}`).toSorted());
  });

  it.each([
    [{ dataFrom: [{ find: { name: { regexp: '.*' } } }] }, 'finds entries of the secret store by a pattern'],
    [{ dataTo: [{}] }, 'names entries of the secret store by a pattern'],
    [{ secretStoreRefs: [{ labelSelector: {} }] }, 'selects secret stores by labels'],
  ])('cannot confine %j', (spec, message) => {
    expect(() => new ExternalSecrets(CLOUD).derive([reader('web', spec)])).toThrow(message);
  });

  it('are none for kinds that are not reconciled', () => {
    const everywhere = { ...reader(''), kind: 'ClusterExternalSecret' };
    expect(() => new ExternalSecrets(CLOUD).derive([everywhere])).toThrow('ClusterExternalSecrets are not reconciled');
  });
});

describe('local store', () => {
  const manifests = render(LOCAL);

  it('has a namespace that is never pruned or deleted', () => {
    expect(find(manifests, 'Namespace', 'secret-store').metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
    });
    expect(find(render(), 'Namespace', 'external-secrets').metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
    });
  });

  it('is accessed with tokens of its own ServiceAccount', () => {
    expect(at(find(manifests, 'Role', 'external-secrets', 'secret-store'), 'rules')).toEqual([
      { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['secret-store'], verbs: ['create'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['kube-root-ca.crt'], verbs: ['get'] },
    ]);
    expect(at(find(manifests, 'Role', 'secret-store'), 'rules')).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'update'] },
    ]);
    expect(at(find(manifests, 'RoleBinding', 'external-secrets', 'secret-store'), 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'external-secrets', namespace: 'external-secrets' },
    ]);
  });

  it('is absent with a cloud provider', () => {
    expect(render().map((m) => m.metadata.name)).not.toContain('secret-store');
  });
});

it('sync waves are in the order Certificate, webhook, ClusterSecretStore', () => {
  const manifests = render();
  const provides = [
    new Definitions(CERT_MANAGER_UPSTREAM, { version: 'v1', revision: 'v1' }),
    new Definitions(EXTERNAL_SECRETS_UPSTREAM, { version: 'v1', revision: 'v1' }),
  ].map((definitions) => ({
    name: definitions.name,
    manifests: [],
    provides: definitions.upstream.provides,
  }));
  const { waves } = deriveOrder(
    [{ name: 'external-secrets', manifests }, ...provides],
    new Set([
      objectIdentity('', 'Namespace', undefined, 'kube-system'),
      objectIdentity('scheduling.k8s.io', 'PriorityClass', undefined, 'platform'),
    ]),
  );
  const wave = (sort: string, name: string): number => waves.get(find(manifests, sort, name)) ?? 0;
  const order = [
    wave('Certificate', 'external-secrets-webhook'),
    wave('Deployment', 'external-secrets-webhook'),
    wave('ClusterSecretStore', 'cluster'),
  ];
  expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
});

it('has one controller by default and two webhooks, and a PodDisruptionBudget for several pods', () => {
  expect(externalSecretsSettings.safeParse({ replicas: 0 }).success).toBe(false);
  const replicas = (settings: Partial<Pick<ExternalSecretsProps, 'replicas' | 'webhook'>>): unknown[] => {
    const manifests = render(settings);
    const of = (name: string): unknown => at(find(manifests, 'Deployment', name), 'spec', 'replicas');
    const budgets = manifests.filter((one) => one.kind === 'PodDisruptionBudget').length;
    return [of('external-secrets'), of('external-secrets-webhook'), budgets];
  };
  expect(replicas({})).toEqual([1, 2, 1]);
  expect(replicas({ replicas: 3 })).toEqual([3, 3, 2]);
  expect(replicas({ webhook: { replicas: 1 } })).toEqual([1, 1, 0]);
});
