import { describe, expect, it } from 'vitest';
import { Applications } from '../../applications.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import { Component } from '../../component.ts';
import type { HostBinding } from '../../lib/route.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { tenantSettings, tenantsSettings } from './settings.ts';
import { Tenant, type TenantProps } from './tenant.ts';

const REPOSITORY = 'https://github.com/example/checkout.git';
const QUOTA = { cpu: '4', memory: '8Gi', pods: 40 };

/** A gateway of one endpoint. */
class Gateway extends Component {
  readonly server = this.endpoint('server', { app: 'gateway' });

  constructor() {
    super('gateway', { tier: 'platform' });
  }
}

function bindingAt(gateway: Gateway): HostBinding {
  const listener = { gateway: 'gateway', namespace: 'gateway', name: 'checkout-example-com' };
  return { host: 'checkout.example.com', listener, gateway: gateway.server };
}

function tenant(section: object = {}, props: Partial<TenantProps> = {}): Tenant {
  const { namespaces = ['checkout'], ...settings } = tenantSettings.parse({
    repositories: [REPOSITORY],
    quota: QUOTA,
    ...section,
  });
  const made = new Tenant('checkout', { ...settings, namespaces, bindings: [], ...props });
  made.dns = [];
  return made;
}

function find(component: Component, kind: string, name: string, namespace?: string): Manifest {
  const found = manifestsOf(component).manifests.find(
    (m) => m.kind === kind && m.metadata.name === name && (!namespace || m.metadata.namespace === namespace),
  );
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const hard = (section?: object): unknown => at(find(tenant(section), 'ResourceQuota', 'tenant'), 'spec', 'hard');
const policy = (component: Component, name: string, namespace?: string): Manifest =>
  find(component, 'NetworkPolicy', name, namespace);

describe('namespaces', () => {
  const two = tenant({ namespaces: ['checkout', 'checkout-jobs'], group: 'oidc:checkout' });

  it.each(['checkout', 'checkout-jobs'])('%s has a quota, limits, policies and a role', (namespace) => {
    const own = manifestsOf(two).manifests.filter((m) => m.metadata.namespace === namespace);
    expect(own.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'NetworkPolicy/default-deny',
      'ResourceQuota/tenant',
      'LimitRange/tenant',
      'NetworkPolicy/tenant',
      'NetworkPolicy/tenant-internal',
      'Role/tenant',
      'RoleBinding/tenant',
    ]);
  });

  it('enforce Pod Security restricted and are deleted only after confirmation', () => {
    const { labels, annotations } = find(two, 'Namespace', 'checkout-jobs').metadata;
    expect(labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
    expect(annotations).toEqual({ 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' });
  });

  it('reach each other on every port, and nobody else', () => {
    const ports = ['TCP', 'UDP'].map((protocol) => ({ endPort: 65_535, port: 1, protocol }));
    const peers = ['checkout', 'checkout-jobs'].map((name) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    }));
    const { spec } = policy(two, 'tenant-internal', 'checkout-jobs') as { spec?: unknown };
    expect(at(spec, 'ingress')).toEqual([{ from: peers, ports }]);
    expect(at(spec, 'egress')).toEqual([{ ports, to: peers }]);
  });
});

describe('quota', () => {
  it('limits requests and limits, and forbids volumes, load balancers and node ports', () => {
    expect(hard()).toEqual({
      'requests.cpu': '4',
      'limits.cpu': '4',
      'requests.memory': '8Gi',
      'limits.memory': '8Gi',
      'requests.storage': '0',
      pods: '40',
      'services.loadbalancers': '0',
      'services.nodeports': '0',
    });
  });

  it('permits volumes, which are then backed up', () => {
    const section = { quota: { ...QUOTA, storage: '50Gi' } };
    expect(hard(section)).toMatchObject({ 'requests.storage': '50Gi' });
    expect(tenant(section).othersVolumes).toEqual(['checkout']);
    expect(tenant().othersVolumes).toEqual([]);
  });

  it('permits load balancers with their node ports, reached from anywhere on the port', () => {
    const section = { quota: { ...QUOTA, loadBalancers: 2 }, port: 3000 };
    expect(hard(section)).toMatchObject({ 'services.loadbalancers': '2' });
    expect(hard(section)).not.toHaveProperty('services.nodeports');
    expect(at(policy(tenant(section), 'tenant'), 'spec', 'ingress')).toEqual([
      { ports: [{ port: 3000, protocol: 'TCP' }] },
    ]);
  });
});

it('containers that state no resources get the defaults', () => {
  const limits = (section?: object): unknown => at(find(tenant(section), 'LimitRange', 'tenant'), 'spec', 'limits', 0);
  expect(limits()).toEqual({
    type: 'Container',
    default: { cpu: '500m', memory: '256Mi' },
    defaultRequest: { cpu: '50m', memory: '256Mi' },
  });
  expect(limits({ limits: { cpu: '1', memory: '512Mi', cpuRequest: '100m', memoryRequest: '128Mi' } })).toEqual({
    type: 'Container',
    default: { cpu: '1', memory: '512Mi' },
    defaultRequest: { cpu: '100m', memory: '128Mi' },
  });
});

describe('traffic', () => {
  it('is denied by default, except to the internet over HTTPS if it says so', () => {
    expect(at(policy(tenant(), 'tenant'), 'spec', 'ingress')).toBeUndefined();
    const egress = listAt(policy(tenant({ internet: true }), 'tenant'), 'spec', 'egress');
    expect(egress.map((rule) => at(rule, 'ports'))).toContainEqual([{ port: 443, protocol: 'TCP' }]);
    expect(JSON.stringify(at(policy(tenant(), 'tenant'), 'spec', 'egress'))).not.toContain('0.0.0.0/0');
  });

  it('of the gateway is allowed at both ends on the port', () => {
    const gateway = new Gateway();
    const made = tenant({ port: 3000 }, { bindings: [bindingAt(gateway)] });
    const ports = [{ port: 3000, protocol: 'TCP' }];
    expect(listAt(policy(made, 'tenant'), 'spec', 'ingress').map((rule) => at(rule, 'ports'))).toEqual([ports]);
    expect(listAt(policy(gateway, 'server'), 'spec', 'egress')).toContainEqual({
      ports,
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'checkout' } } }],
    });
  });
});

describe('group', () => {
  const made = tenant({ group: 'oidc:checkout' });

  it('is bound to a role without Secrets, and that changes neither limits nor permissions', () => {
    expect(at(find(made, 'RoleBinding', 'tenant'), 'subjects')).toEqual([
      { name: 'oidc:checkout', apiGroup: 'rbac.authorization.k8s.io', kind: 'Group' },
    ]);
    const rules = listAt(find(made, 'Role', 'tenant'), 'rules');
    const changed = rules.filter((rule) => listAt(rule, 'verbs').includes('patch'));
    const named = (list: readonly unknown[]): unknown[] => list.flatMap((rule) => listAt(rule, 'resources'));
    expect(named(rules)).not.toContain('secrets');
    for (const resource of ['resourcequotas', 'limitranges', 'networkpolicies', 'roles', 'rolebindings'])
      expect(named(changed)).not.toContain(resource);
  });

  it('is a member of the project, by its name at the identity provider', () => {
    expect(made.projects[0]?.groups).toEqual(['checkout']);
    expect(tenant({ group: '5f2d0e1c' }).projects[0]?.groups).toEqual(['5f2d0e1c']);
  });

  it('that is not given has no access', () => {
    expect(manifestsOf(tenant()).manifests.filter(({ kind }) => kind.startsWith('Role'))).toEqual([]);
    expect(tenant().projects[0]?.groups).toEqual([]);
  });
});

describe('AppProject', () => {
  const made = tenant({ group: 'oidc:checkout' });
  const applications = new Applications({
    cluster: 'example',
    repository: { url: 'https://github.com/example/slipway.git', revision: 'main' },
    rendered: [{ component: made, manifests: manifestsOf(made).manifests }],
    order: { waves: new Map(), levels: new Map(), after: new Map() },
  });
  const spec = find(applications, 'AppProject', 'checkout.tenant')['spec'];

  it('permits the repositories and namespaces of the tenant, and no cluster-scoped kind', () => {
    expect(spec).toMatchObject({
      sourceRepos: [REPOSITORY],
      destinations: [{ namespace: 'checkout', server: 'https://kubernetes.default.svc' }],
      clusterResourceWhitelist: [],
    });
  });

  it('lets members see and sync, and not change, the Applications', () => {
    expect(at(spec, 'roles')).toEqual([
      {
        name: 'members',
        groups: ['checkout'],
        policies: [
          'p, proj:checkout.tenant:members, applications, get, checkout.tenant/*, allow',
          'p, proj:checkout.tenant:members, applications, sync, checkout.tenant/*, allow',
          'p, proj:checkout.tenant:members, logs, get, checkout.tenant/*, allow',
        ],
      },
    ]);
  });
});

it('the project has a name that no component can have', () => {
  const [project] = tenant().projects;
  expect(project).toMatchObject({ name: 'checkout.tenant', repositories: [REPOSITORY], namespaces: ['checkout'] });
  expect(project?.forbiddenKinds.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'Role', 'RoleBinding', 'Gateway']),
  );
});

describe('settings', () => {
  const messages = (tenants: object): string[] =>
    tenantsSettings.safeParse(tenants).error?.issues.map(({ message }) => message) ?? [];
  const section = { repositories: [REPOSITORY], quota: QUOTA };

  it('accept tenants with namespaces of their own', () => {
    expect(messages({ checkout: section, search: section })).toEqual([]);
  });

  it('reject a namespace of two tenants, also by default', () => {
    expect(messages({ checkout: section, search: { ...section, namespaces: ['checkout'] } })).toEqual([
      'the namespace "checkout" belongs to the tenant "checkout"; give one of the two another namespace',
    ]);
  });

  it('reject a name that leaves no room for the prefix of the component', () => {
    expect(messages({ ['a'.repeat(57)]: section })).toEqual([expect.stringMatching(/must be at most 56/)]);
  });

  it('reject a quota below the default limit of one container', () => {
    expect(messages({ checkout: { ...section, quota: { ...QUOTA, cpu: '250m' } } })).toEqual([
      expect.stringMatching(/must be at least limits\.cpu, 500m/),
    ]);
  });

  it('reject a memory request above the limit', () => {
    expect(messages({ checkout: { ...section, limits: { memoryRequest: '512Mi' } } })).toEqual([
      'must not exceed limits.memory, 256Mi',
    ]);
  });
});
