import { describe, expect, it } from 'vitest';
import type { HostBinding } from '../../lib/route.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import type { Endpoint } from '../../lib/network.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { namespacesOf, tenantSettings, tenantsSettings } from './settings.ts';
import { Tenant } from './tenant.ts';

const DNS = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
const GATEWAY: Endpoint = { name: 'gateway', pods: { namespace: 'gateway', labels: { app: 'gateway' } }, ports: {} };
const BINDING: HostBinding = {
  host: 'checkout.example.com',
  listener: { gateway: 'gateway', namespace: 'gateway', name: 'checkout-example-com' },
  gateway: GATEWAY,
};

const MINIMAL = {
  repositories: ['https://github.com/example/checkout.git'],
  quota: { cpu: '2', memory: '4Gi', pods: 20 },
};

/** Creates the tenant `checkout` as a cluster file would. */
function tenant(settings: object = {}, bindings: readonly HostBinding[] = []): Tenant {
  const parsed = tenantSettings.parse({ ...MINIMAL, ...settings });
  const created = new Tenant('checkout', { ...parsed, namespaces: namespacesOf('checkout', parsed), bindings });
  created.dns = [DNS];
  return created;
}

/** Its objects; of a kind, in the order of its namespaces. */
const render = (...args: Parameters<typeof tenant>): Manifest[] => [...manifestsOf(tenant(...args)).manifests];
const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] => manifests.filter((m) => m.kind === kind);
const ids = (manifests: readonly Manifest[]): string[] =>
  manifests.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ?? ''}/${name}`).sort();

function policy(manifests: readonly Manifest[], name: string, namespace = 'checkout'): Manifest {
  const found = ofKind(manifests, 'NetworkPolicy').find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  if (!found) throw new Error(`no NetworkPolicy ${namespace}/${name}`);
  return found;
}

describe('a tenant', () => {
  it('has by default one namespace of its name, without access for people', () => {
    expect(ids(render())).toEqual([
      'LimitRange checkout/tenant',
      'Namespace /checkout',
      'NetworkPolicy checkout/default-deny',
      'NetworkPolicy checkout/tenant',
      'NetworkPolicy checkout/tenant-internal',
      'ResourceQuota checkout/tenant',
      'ResourceQuota checkout/tenant-priority',
    ]);
  });

  it('has the same objects in each of its namespaces', () => {
    const manifests = render({ namespaces: ['shop', 'shop-jobs'], group: 'developers' });
    const within = (namespace: string): string[] =>
      ids(manifests.filter(({ metadata }) => metadata.namespace === namespace)).map((id) => id.replace(namespace, ''));
    expect(within('shop-jobs')).toEqual(within('shop'));
    expect(within('shop')).toHaveLength(8);
    expect(ofKind(manifests, 'Namespace').map(({ metadata }) => metadata.name)).toEqual(['shop', 'shop-jobs']);
  });

  it('is a component whose Application is in its first namespace', () => {
    const { name, namespace, tier } = tenant({ namespaces: ['shop', 'shop-jobs'] });
    expect({ name, namespace, tier }).toEqual({ name: 'tenant-checkout', namespace: 'shop', tier: 'apps' });
  });

  it('has namespaces that enforce Pod Security restricted and are pruned only after confirmation', () => {
    for (const { metadata } of ofKind(render({ namespaces: ['shop', 'shop-jobs'] }), 'Namespace')) {
      expect(metadata.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
      expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toBe('Prune=confirm,Delete=confirm');
    }
  });

  it('has volumes to back up in all of its namespaces if its quota permits some', () => {
    const namespaces = ['shop', 'shop-jobs'];
    expect(tenant({ namespaces }).othersVolumes).toEqual([]);
    expect(tenant({ namespaces, quota: { ...MINIMAL.quota, storage: '5Gi' } }).othersVolumes).toEqual(namespaces);
  });
});

describe('ResourceQuota', () => {
  const hard = (quota: object = {}): unknown =>
    at(ofKind(render({ quota: { ...MINIMAL.quota, ...quota } }), 'ResourceQuota')[0], 'spec', 'hard');

  it('limits requests and limits alike, and permits neither volumes nor Services with ports outside the cluster', () => {
    expect(hard()).toEqual({
      'requests.cpu': '2',
      'limits.cpu': '2',
      'requests.memory': '4Gi',
      'limits.memory': '4Gi',
      'requests.storage': '0',
      pods: '20',
      'services.loadbalancers': '0',
      'services.nodeports': '0',
    });
  });

  it('permits no pods with a priority class', () => {
    const [, priority] = ofKind(render(), 'ResourceQuota');
    expect(priority).toMatchObject({
      metadata: { name: 'tenant-priority' },
      spec: {
        hard: { pods: '0' },
        scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] },
      },
    });
  });

  it('permits volumes of the size of storage', () => {
    expect(hard({ storage: '50Gi' })).toMatchObject({ 'requests.storage': '50Gi' });
  });

  it('permits load balancers, and does not count node ports, which each of them has', () => {
    expect(hard({ loadBalancers: 2 })).toMatchObject({ 'services.loadbalancers': '2' });
    expect(hard({ loadBalancers: 2 })).not.toHaveProperty('services.nodeports');
  });
});

describe('LimitRange', () => {
  const limits = (settings: object = {}): unknown =>
    at(ofKind(render({ limits: settings }), 'LimitRange')[0], 'spec', 'limits');

  it('gives containers requests and limits by default, of memory the same', () => {
    expect(limits()).toEqual([
      {
        type: 'Container',
        default: { cpu: '500m', memory: '256Mi' },
        defaultRequest: { cpu: '50m', memory: '256Mi' },
      },
    ]);
  });

  it('gives containers what is set', () => {
    expect(limits({ cpu: '1', memory: '512Mi', cpuRequest: '100m', memoryRequest: '128Mi' })).toMatchObject([
      { default: { cpu: '1', memory: '512Mi' }, defaultRequest: { cpu: '100m', memory: '128Mi' } },
    ]);
  });
});

describe('NetworkPolicies', () => {
  it('deny what they do not allow', () => {
    expect(policy(render(), 'default-deny').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('allow queries of cluster DNS only, by default', () => {
    expect(policy(render(), 'tenant').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
        },
      ],
    });
  });

  it('allow the gateway to reach the port in every namespace if the tenant has hosts', () => {
    const manifests = render({ namespaces: ['shop', 'shop-jobs'], port: 3000 }, [BINDING, BINDING]);
    for (const namespace of ['shop', 'shop-jobs'])
      expect(at(policy(manifests, 'tenant', namespace), 'spec', 'ingress')).toEqual([
        {
          ports: [{ port: 3000, protocol: 'TCP' }],
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } },
              podSelector: { matchLabels: { app: 'gateway' } },
            },
          ],
        },
      ]);
  });

  it('allow ingress from anywhere on the port if the tenant may have load balancers', () => {
    const manifests = render({ quota: { ...MINIMAL.quota, loadBalancers: 1 } });
    expect(at(policy(manifests, 'tenant'), 'spec', 'ingress')).toEqual([{ ports: [{ port: 8080, protocol: 'TCP' }] }]);
  });

  it('allow HTTPS to the internet without the metadata services if set', () => {
    const [, internet] = listAt(policy(render({ internet: true }), 'tenant'), 'spec', 'egress');
    expect(internet).toEqual({
      ports: [{ port: 443, protocol: 'TCP' }],
      to: [
        { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '168.63.129.16/32'] } },
        { ipBlock: { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::/32', 'fd20:ce::254/128'] } },
      ],
    });
  });

  it('allow traffic among all namespaces of the tenant', () => {
    const manifests = render({ namespaces: ['shop', 'shop-jobs'] });
    const own = ['shop', 'shop-jobs'].map((name) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    }));
    for (const namespace of ['shop', 'shop-jobs']) {
      const internal = policy(manifests, 'tenant-internal', namespace);
      expect(at(internal, 'spec', 'ingress', 0, 'from')).toEqual(own);
      expect(at(internal, 'spec', 'egress', 0, 'to')).toEqual(own);
    }
  });
});

describe('the group of a tenant', () => {
  const GROUP = 'oidc:checkout-developers';
  const rules = (): readonly unknown[] => listAt(ofKind(render({ group: GROUP }), 'Role')[0], 'rules');
  const verbsFor = (resource: string): string[] =>
    rules()
      .filter((rule) => listAt(rule, 'resources').includes(resource))
      .flatMap((rule) => listAt(rule, 'verbs').map(String));

  it('is bound to a Role in each namespace', () => {
    const bindings = ofKind(render({ namespaces: ['shop', 'shop-jobs'], group: GROUP }), 'RoleBinding');
    expect(bindings.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'shop-jobs']);
    for (const binding of bindings)
      expect(binding).toMatchObject({
        roleRef: { kind: 'Role', name: 'tenant' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: GROUP }],
      });
  });

  it('may change workloads, and read but not change what limits it', () => {
    expect(verbsFor('deployments')).toContain('patch');
    for (const resource of ['resourcequotas', 'limitranges', 'networkpolicies', 'serviceaccounts'])
      expect(verbsFor(resource)).toEqual(['get', 'list', 'watch']);
  });

  it('may neither read Secrets, nor run commands in pods, nor delete volumes, nor grant permissions', () => {
    for (const resource of ['secrets', 'pods/exec', 'pods/attach', 'serviceaccounts/token', 'roles', 'rolebindings'])
      expect(verbsFor(resource)).toEqual([]);
    expect(verbsFor('persistentvolumeclaims')).not.toContain('delete');
  });

  it('is in the project without the prefix of the API server', () => {
    expect(tenant({ group: GROUP }).projects[0]?.groups).toEqual(['checkout-developers']);
    expect(tenant().projects[0]?.groups).toEqual([]);
  });
});

describe('the project of a tenant', () => {
  it('permits its repositories and namespaces, by a name that no component can have', () => {
    const [project] = tenant({ namespaces: ['shop', 'shop-jobs'] }).projects;
    expect(project).toMatchObject({
      name: 'checkout.tenant',
      repositories: ['https://github.com/example/checkout.git'],
      namespaces: ['shop', 'shop-jobs'],
    });
  });

  it.each(['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'Role', 'RoleBinding', 'Gateway', 'Certificate', 'Order'])(
    'does not permit the kind %s',
    (kind) => {
      const kinds = tenant().projects[0]?.kinds.map((permitted) => permitted.kind);
      expect(kinds).toContain('Deployment');
      expect(kinds).not.toContain(kind);
    },
  );
});

describe('settings', () => {
  const rejects = (settings: object): boolean => !tenantSettings.safeParse({ ...MINIMAL, ...settings }).success;

  it('have defaults for all fields but the repositories and the quota', () => {
    expect(tenantSettings.parse(MINIMAL)).toEqual({
      ...MINIMAL,
      quota: { ...MINIMAL.quota, loadBalancers: 0 },
      limits: { cpu: '500m', memory: '256Mi', cpuRequest: '50m' },
      hosts: [],
      port: 8080,
      internet: false,
    });
  });

  it.each(['https://github.com/example/*', '*', '!https://github.com/a/b', 'http://github.com/a/b', 'https://{a,b}/c'])(
    'reject the repository %s',
    (repository) => {
      expect(rejects({ repositories: [repository] })).toBe(true);
    },
  );

  it.each(['https://github.com/a/b.git', 'ssh://git@example.com/a/b', 'git@github.com:a/b.git'])(
    'accept the repository %s',
    (repository) => {
      expect(rejects({ repositories: [repository] })).toBe(false);
    },
  );

  it.each(['system:authenticated', 'two words', 'a,b', ''])('reject the group "%s"', (group) => {
    expect(rejects({ group })).toBe(true);
  });

  it('reject a quota that the defaults of one container exceed', () => {
    expect(rejects({ quota: { ...MINIMAL.quota, cpu: '400m' } })).toBe(true);
    expect(rejects({ quota: { ...MINIMAL.quota, cpu: '500m' } })).toBe(false);
    expect(rejects({ quota: { ...MINIMAL.quota, memory: '128Mi' } })).toBe(true);
  });

  it.each(['a'.repeat(57), 'kube-system', 'argocd', 'default', 'a.b', '9lives'])('reject the name %s', (name) => {
    expect(tenantsSettings.safeParse({ [name]: MINIMAL }).success).toBe(false);
  });

  it('accept a name of 56 characters, with which that of the component is a DNS label', () => {
    const name = 'a'.repeat(56);
    expect(tenantsSettings.safeParse({ [name]: MINIMAL }).success).toBe(true);
    expect(`tenant-${name}`).toHaveLength(63);
  });
});
