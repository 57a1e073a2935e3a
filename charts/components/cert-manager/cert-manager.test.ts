import type { CertManagerArgs } from '@pulumi/kubernetes-cert-manager';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { Definitions } from '../../lib/definitions.ts';
import { CERT_MANAGER_UPSTREAM } from '../../kinds/cert-manager.ts';
import { GATEWAY_API_UPSTREAM } from '../../kinds/gateway-api.ts';
import type { z } from 'zod';
import { KUBE_DNS } from '../../cloud/cloud.ts';
import { at, objectIdentity, label, listAt, type Manifest } from '../../lib/manifest.ts';
import { HTTPS_ANYWHERE } from '../../lib/network.ts';
import { deriveOrder } from '../../order/order.ts';
import { CertManager, type CertManagerProps, certManagerSettings } from './cert-manager.ts';
import { ACME_SERVERS, acmeName } from './issuers.ts';
import type { Plain } from './plain.ts';
import { manifestsOf } from '../../render/manifests.ts';
import type { sharedFields } from './workload-settings.ts';
import { newestUpstream } from '../../../test/lib/upstream.ts';

type Settings = z.input<typeof certManagerSettings>;
type Pulumi = Plain<CertManagerArgs>;

const IMAGES = {
  controller: 'controller:1',
  webhook: 'webhook:1',
  cainjector: 'cainjector:1',
  acmesolver: 'acmesolver:1',
};
const PUBLIC: Partial<CertManagerProps> = {
  solver: { route53: { region: 'eu-central-1', hostedZoneID: 'Z1' } },
  identity: {
    serviceAccountAnnotations: { id: 'role' },
    podLabels: { use: 'true' },
    env: { AWS_REGION: 'eu-central-1' },
    openings: [HTTPS_ANYWHERE],
  },
};
const EMAIL = { acmeEmail: 'ops@example.com' };

function component(settings: Settings = {}, props: Partial<CertManagerProps> = {}): CertManager {
  const made = new CertManager({
    settings: certManagerSettings.parse(settings),
    images: IMAGES,
    upstream: newestUpstream('cert-manager'),
    domain: 'staging.example.com',
    identity: { openings: [] },
    challengeListener: { gateway: 'gateway', namespace: 'gateway', name: 'http' },
    ...props,
  });
  made.dns = [KUBE_DNS];
  return made;
}

/** The objects, by kind and name. */
function render(...args: Parameters<typeof component>): Record<string, Manifest> {
  return Object.fromEntries(manifestsOf(component(...args)).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]));
}

const CONTROLLER = 'Deployment/cert-manager';
const WEBHOOK = 'Deployment/cert-manager-webhook';
const CAINJECTOR = 'Deployment/cert-manager-cainjector';

const pod = (objects: Record<string, Manifest>, workload = CONTROLLER): unknown =>
  at(objects[workload], 'spec', 'template', 'spec');
const args = (objects: Record<string, Manifest>, workload = CONTROLLER): readonly unknown[] =>
  listAt(pod(objects, workload), 'containers', 0, 'args');
const port = (one: unknown): string => `${String(at(one, 'protocol'))} ${String(at(one, 'port'))}`;
const egress = (objects: Record<string, Manifest>): string[] =>
  listAt(objects['NetworkPolicy/cert-manager'], 'spec', 'egress').map((rule) =>
    listAt(rule, 'ports').map(port).join(', '),
  );

/** Errors of a section, each prefixed with its path. */
function faults(settings: unknown): string[] {
  return (
    certManagerSettings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
    []
  );
}

describe('issuers', () => {
  it("use DNS-01 for the cluster's domain and HTTP-01 through the gateway for other hosts", () => {
    const objects = render(EMAIL, PUBLIC);
    expect(component(EMAIL, PUBLIC).issuers).toEqual({ domain: 'letsencrypt-dns', anyHost: 'letsencrypt-http' });
    expect(at(objects['ClusterIssuer/letsencrypt-dns'], 'spec', 'acme')).toMatchObject({
      email: 'ops@example.com',
      server: 'https://acme-v02.api.letsencrypt.org/directory',
      solvers: [{ selector: { dnsZones: ['staging.example.com'] }, dns01: PUBLIC.solver }],
    });
    expect(at(objects['ClusterIssuer/letsencrypt-http'], 'spec', 'acme', 'solvers')).toEqual([
      {
        http01: {
          gatewayHTTPRoute: {
            parentRefs: [
              {
                group: 'gateway.networking.k8s.io',
                kind: 'Gateway',
                name: 'gateway',
                namespace: 'gateway',
                sectionName: 'http',
              },
            ],
            serviceType: 'ClusterIP',
          },
        },
      },
    ]);
  });

  it('have separate ACME accounts', () => {
    const objects = render(EMAIL, PUBLIC);
    const accounts = ['dns', 'http'].map((name) =>
      at(objects[`ClusterIssuer/letsencrypt-${name}`], 'spec', 'acme', 'privateKeySecretRef', 'name'),
    );
    expect(new Set(accounts).size).toBe(2);
  });

  it('have other names and accounts with acmeServer staging, so that certificates are issued again', () => {
    const settings = { ...EMAIL, acmeServer: 'staging' } as const;
    const objects = render(settings, PUBLIC);
    expect(component(settings, PUBLIC).issuers).toEqual({
      domain: 'letsencrypt-staging-dns',
      anyHost: 'letsencrypt-staging-http',
    });
    expect(at(objects['ClusterIssuer/letsencrypt-staging-dns'], 'spec', 'acme')).toMatchObject({
      server: expect.stringContaining('acme-staging-v02') as string,
      privateKeySecretRef: { name: 'letsencrypt-staging-dns-account' },
    });
    expect(Object.keys(objects).filter((key) => key.startsWith('ClusterIssuer/letsencrypt-'))).toHaveLength(2);
  });

  it('of another ACME server are named after its directory', () => {
    expect(acmeName('https://acme.example.com:14000/v2/DV90')).toBe('acme-example-com-14000-v2-dv90');
    expect(Object.values(ACME_SERVERS).map(acmeName)).toEqual(['letsencrypt', 'letsencrypt-staging']);
  });

  it('throw a Fault without acmeEmail', () => {
    expect(() => component({}, PUBLIC)).toThrow(/no acmeEmail/);
  });

  it('are a private CA without a public DNS zone', () => {
    const objects = render();
    expect(component().issuers).toEqual({ domain: 'local-ca' });
    expect(objects['Certificate/local-ca']?.metadata.namespace).toBe('cert-manager');
    expect(objects['Certificate/local-ca']?.spec).toMatchObject({
      isCA: true,
      secretName: 'local-ca',
      issuerRef: { name: 'self-signed' },
      privateKey: { rotationPolicy: 'Never' },
    });
    expect(objects['ClusterIssuer/local-ca']?.spec).toEqual({ ca: { secretName: 'local-ca' } });
  });
});

describe('sync waves', () => {
  const waves = (made: CertManager): Record<string, number> => {
    const definitions = [
      new Definitions(CERT_MANAGER_UPSTREAM, { version: 'v1', revision: 'v1' }),
      new Definitions(GATEWAY_API_UPSTREAM, { version: 'v1', revision: 'v1' }),
    ].map(({ name, upstream }) => ({
      name,
      manifests: [],
      provides: upstream.provides,
    }));
    const preinstalled = new Set([
      objectIdentity('gateway.networking.k8s.io', 'Gateway', 'gateway', 'gateway'),
      objectIdentity('scheduling.k8s.io', 'PriorityClass', undefined, 'platform'),
    ]);
    const order = deriveOrder([{ name: made.name, ...manifestsOf(made) }, ...definitions], preinstalled);
    expect([...(order.after.get('cert-manager')?.keys() ?? [])].sort()).toEqual([
      'cert-manager-crds',
      'gateway-api-crds',
    ]);
    return Object.fromEntries([...order.waves].map(([manifest, wave]) => [label(manifest), wave]));
  };

  it('place ACME issuers after the controller and the webhook', () => {
    expect(waves(component(EMAIL, PUBLIC))).toEqual({
      'ClusterIssuer letsencrypt-dns': 1,
      'ClusterIssuer letsencrypt-http': 1,
    });
  });

  it('place the private CA in the order issuer, Certificate, ClusterIssuer', () => {
    expect(waves(component())).toEqual({
      'ClusterIssuer self-signed': 1,
      'Certificate cert-manager/local-ca': 2,
      'ClusterIssuer local-ca': 3,
    });
  });
});

describe('RBAC', () => {
  const may = (role: Manifest | undefined, verb: string, resource: string): boolean =>
    listAt(role, 'rules').some(
      (rule) => listAt(rule, 'resources').includes(resource) && listAt(rule, 'verbs').includes(verb),
    );

  it.each([
    ['create', 'certificaterequests'],
    ['delete', 'certificaterequests'],
    ['approve', 'signers'],
    ['patch', 'secrets'],
    ['create', 'httproutes'],
    ['delete', 'httproutes'],
    ['create', 'pods'],
    ['delete', 'services'],
    // The challenges controller does not start before these informers have synced.
    ['watch', 'ingresses'],
    ['watch', 'httproutes'],
    ['watch', 'pods'],
    ['watch', 'services'],
  ])('permits the controller to %s %s', (verb, resource) => {
    expect(may(render()['ClusterRole/cert-manager-controller'], verb, resource)).toBe(true);
  });

  it.each([
    ['create', 'certificates'],
    ['create', 'ingresses'],
    ['watch', 'gateways'],
    ['create', 'subjectaccessreviews'],
    ['create', 'serviceaccounts/token'],
    ['update', 'certificatesigningrequests'],
  ])('does not permit the controller to %s %s', (verb, resource) => {
    expect(may(render()['ClusterRole/cert-manager-controller'], verb, resource)).toBe(false);
  });

  it('permits cainjector to get only the definition that it waits for', () => {
    const rule = listAt(render()['ClusterRole/cert-manager-cainjector'], 'rules').find((r) =>
      listAt(r, 'resources').includes('customresourcedefinitions'),
    );
    expect(rule).toMatchObject({ resourceNames: ['certificates.cert-manager.io'], verbs: ['get'] });
    expect(args(render(), CAINJECTOR)).toContain('--enable-customresourcedefinitions-injectable=false');
  });

  it('permits the webhook to update only the Secret of its CA', () => {
    const objects = render();
    expect(listAt(objects['Role/cert-manager-webhook'], 'rules')).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      {
        apiGroups: [''],
        resourceNames: ['cert-manager-webhook-ca'],
        resources: ['secrets'],
        verbs: ['get', 'list', 'watch', 'update'],
      },
    ]);
    expect(args(objects, WEBHOOK)).toContain('--dynamic-serving-ca-secret-name=cert-manager-webhook-ca');
  });

  it('restricts leader election to the namespace cert-manager', () => {
    const objects = render();
    for (const workload of [CONTROLLER, CAINJECTOR])
      expect(args(objects, workload)).toContain('--leader-election-namespace=$(POD_NAMESPACE)');
    const roles = Object.values(objects).filter(({ kind }) => kind === 'Role');
    expect(roles.map((role) => role.metadata.namespace)).toEqual(['cert-manager', 'cert-manager', 'cert-manager']);
  });

  it('has no wildcard', () => {
    const rules = Object.values(render()).flatMap((m) => listAt(m, 'rules'));
    expect(
      rules.flatMap((rule) => ['apiGroups', 'resources', 'verbs'].flatMap((field) => listAt(rule, field))),
    ).not.toContain('*');
  });
});

describe('webhook', () => {
  const configurations = (objects: Record<string, Manifest>): (Manifest | undefined)[] =>
    ['Validating', 'Mutating'].map((sort) => objects[`${sort}WebhookConfiguration/cert-manager-webhook`]);

  it('has an injected caBundle and none in the manifests', () => {
    for (const configuration of configurations(render())) {
      expect(configuration?.metadata.annotations).toMatchObject({
        'cert-manager.io/inject-ca-from-secret': 'cert-manager/cert-manager-webhook-ca',
      });
      expect(JSON.stringify(configuration)).not.toContain('caBundle');
    }
  });

  it('validates all its resources with failurePolicy Fail', () => {
    const [validating, mutating] = configurations(render());
    const hooks = [validating, mutating].flatMap((configuration) => listAt(configuration, 'webhooks'));
    for (const hook of hooks)
      expect(hook).toMatchObject({ failurePolicy: 'Fail', sideEffects: 'None', timeoutSeconds: 10 });
    const resources = listAt(validating, 'webhooks', 0, 'rules').flatMap((rule) => listAt(rule, 'resources'));
    // Without certificaterequests/status anyone with write access to it could approve a request.
    const kinds = ['certificaterequests', 'certificates', 'clusterissuers', 'issuers', 'challenges', 'orders'];
    expect(resources).toEqual(kinds.flatMap((kind) => [kind, `${kind}/status`]));
    expect(at(mutating, 'webhooks', 0, 'rules')).toMatchObject([
      { operations: ['CREATE'], resources: ['certificaterequests'] },
    ]);
  });

  it('has the same port in flags, container, Service and NetworkPolicy', () => {
    const objects = render({ webhook: { securePort: 10260 } });
    expect(args(objects, WEBHOOK)).toContain('--secure-port=10260');
    expect(at(pod(objects, WEBHOOK), 'containers', 0, 'ports')).toContainEqual({
      name: 'https',
      containerPort: 10260,
      protocol: 'TCP',
    });
    expect(at(objects['Service/cert-manager-webhook'], 'spec', 'ports')).toEqual([
      { name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' },
    ]);
    expect(at(objects['NetworkPolicy/cert-manager-webhook'], 'spec', 'ingress')).toEqual([
      { ports: [{ protocol: 'TCP', port: 10260 }] },
    ]);
  });

  it('has two replicas by default', () => {
    expect(render()[WEBHOOK]?.spec).toMatchObject({ replicas: 2 });
    expect(render()).toHaveProperty(['PodDisruptionBudget/cert-manager-webhook']);
    expect(render({ webhook: { replicaCount: 1 } })).not.toHaveProperty(['PodDisruptionBudget/cert-manager-webhook']);
  });
});

describe('controller', () => {
  it('has the cloud identity', () => {
    const objects = render(EMAIL, PUBLIC);
    expect(objects['ServiceAccount/cert-manager']?.metadata.annotations).toEqual({ id: 'role' });
    expect(at(objects[CONTROLLER], 'spec', 'template', 'metadata', 'labels')).toMatchObject({ use: 'true' });
    expect(at(pod(objects), 'containers', 0, 'env')).toContainEqual({ name: 'AWS_REGION', value: 'eu-central-1' });
  });

  it('solves challenges with the pinned image and the Gateway API, without the annotation shims', () => {
    expect(args(render())).toEqual(
      expect.arrayContaining([
        '--acme-http01-solver-image=acmesolver:1',
        '--enable-gateway-api',
        '--controllers=*,-ingress-shim,-gateway-shim',
        '--cluster-resource-namespace=$(POD_NAMESPACE)',
      ]),
    );
  });

  it('has egress to DNS and the API server only, without ACME issuers', () => {
    expect(egress(render())).toEqual(['UDP 53, TCP 53', 'TCP 443, TCP 6443']);
  });

  it('has egress for ACME, DNS-01 and the HTTP-01 self-check through the gateway', () => {
    const objects = render(EMAIL, PUBLIC);
    expect(egress(objects)).toEqual(['UDP 53, TCP 53', 'TCP 443, TCP 6443', 'TCP 443', 'TCP 80', 'UDP 53, TCP 53']);
    const check = listAt(objects['NetworkPolicy/cert-manager'], 'spec', 'egress', 3, 'to');
    expect(check).toContainEqual({ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '168.63.129.16/32'] } });
    expect(JSON.stringify(check)).toContain('"app.kubernetes.io/name":"gateway"');
  });

  it('has no egress to external DNS servers with --dns01-recursive-nameservers-only', () => {
    const recursiveOnly = { ...EMAIL, extraArgs: ['--dns01-recursive-nameservers-only'] };
    expect(egress(render(recursiveOnly, PUBLIC)).filter((ports) => ports === 'UDP 53, TCP 53')).toHaveLength(1);
    const others = { ...EMAIL, extraArgs: [...recursiveOnly.extraArgs, '--dns01-recursive-nameservers=1.1.1.1:53'] };
    expect(egress(render(others, PUBLIC)).filter((ports) => ports === 'UDP 53, TCP 53')).toHaveLength(2);
  });

  it('has egress to its proxy, which the API server bypasses', () => {
    const objects = render({ ...EMAIL, https_proxy: 'http://proxy.example.com:3128', no_proxy: ['.svc'] }, PUBLIC);
    expect(egress(objects)).toContain('TCP 3128');
    expect(at(pod(objects), 'containers', 0, 'env')).toEqual(
      expect.arrayContaining([
        { name: 'HTTPS_PROXY', value: 'http://proxy.example.com:3128' },
        { name: 'NO_PROXY', value: '$(KUBERNETES_SERVICE_HOST),.svc' },
      ]),
    );
  });

  it('has topology spread and a PodDisruptionBudget with several replicas', () => {
    const objects = render({ replicaCount: 2 });
    expect(listAt(pod(objects), 'topologySpreadConstraints')).toHaveLength(2);
    expect(objects['PodDisruptionBudget/cert-manager']?.spec).toMatchObject({ maxUnavailable: 1 });
  });
});

/** A value and its path in the manifests for every supported field of CertManagerArgs. */
describe('supported field of CertManagerArgs', () => {
  const affinity = {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: {} } },
      ],
    },
  };
  const nodeSelectorTerms = [{ matchExpressions: [{ key: 'pool', operator: 'Exists' as const }] }];
  const resources = { requests: { cpu: '1m', memory: '2Mi' }, limits: { cpu: '3m', memory: '4Mi' } };
  const common = {
    affinity: [affinity, 'affinity', affinity],
    podAnnotations: [{ a: 'b' }, '/spec/template/metadata/annotations', { a: 'b' }],
    podLabels: [{ a: 'b' }, '/spec/template/metadata/labels/a', 'b'],
    deploymentAnnotations: [{ a: 'b' }, '/metadata/annotations', { a: 'b' }],
    replicaCount: [5, '/spec/replicas', 5],
    resources: [
      resources,
      'containers/0/resources',
      { requests: expect.objectContaining(resources.requests), limits: expect.objectContaining(resources.limits) },
    ],
    strategy: [{ type: 'Recreate' }, '/spec/strategy', { type: 'Recreate' }],
    tolerations: [[{ operator: 'Exists' }], 'tolerations', [{ operator: 'Exists' }]],
    extraArgs: [['--vmodule=sync=5'], 'containers/0/args/-1', '--vmodule=sync=5'],
  } as const;
  const volumes = {
    extraVolumes: [{ name: 'v', secret: { secretName: 's' } }],
    extraVolumeMounts: [{ name: 'v', mountPath: '/v' }],
  };
  const map = { a: 'b' };
  const has = (flag: string): unknown => expect.arrayContaining([flag]);
  const cases: readonly (readonly [deployment: string, settings: unknown, path: string, value: unknown])[] = [
    ...Object.entries(common).flatMap(([field, [value, path, found]]) => [
      [CONTROLLER, { [field]: value }, path, found] as const,
      [WEBHOOK, { webhook: { [field]: value } }, path, found] as const,
      [CAINJECTOR, { cainjector: { [field]: value } }, path, found] as const,
    ]),
    [
      CONTROLLER,
      { nodeSelector: { nodeSelectorTerms } },
      'affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution',
      { nodeSelectorTerms },
    ],
    [CONTROLLER, { extraEnv: [{ name: 'A', value: 'b' }] }, 'containers/0/env/-1', { name: 'A', value: 'b' }],
    [CONTROLLER, volumes, 'volumes', [{ name: 'v', secret: { secretName: 's' } }]],
    [CONTROLLER, volumes, 'containers/0/volumeMounts', [{ name: 'v', mountPath: '/v', readOnly: true }]],
    [CONTROLLER, { featureGates: 'ACMEUseARI=true' }, 'containers/0/args/-1', '--feature-gates=ACMEUseARI=true'],
    [CONTROLLER, { podDnsPolicy: 'Default' }, 'dnsPolicy', 'Default'],
    [CONTROLLER, { podDnsConfig: { searches: ['x'] } }, 'dnsConfig', { searches: ['x'] }],
    [CONTROLLER, { http_proxy: 'http://p:1' }, 'containers/0/env/1', { name: 'HTTP_PROXY', value: 'http://p:1' }],
    ...[CONTROLLER, WEBHOOK, CAINJECTOR].flatMap((deployment) => [
      [deployment, { global: { logLevel: 6 } }, 'containers/0/args/0', '--v=6'] as const,
      [deployment, { global: { priorityClassName: 'high' } }, 'priorityClassName', 'high'] as const,
    ]),
    ...[CONTROLLER, CAINJECTOR].flatMap((deployment) => [
      [
        deployment,
        { global: { leaderElection: { leaseDuration: '90s' } } },
        'containers/0/args',
        has('--leader-election-lease-duration=90s'),
      ] as const,
      [
        deployment,
        { global: { leaderElection: { renewDeadline: '30s' } } },
        'containers/0/args',
        has('--leader-election-renew-deadline=30s'),
      ] as const,
    ]),
    [WEBHOOK, { webhook: { nodeSelector: map } }, 'nodeSelector', { 'kubernetes.io/os': 'linux', ...map }],
    [CAINJECTOR, { cainjector: { nodeSelector: map } }, 'nodeSelector', { 'kubernetes.io/os': 'linux', ...map }],
    [
      WEBHOOK,
      { webhook: { livenessProbe: { failureThreshold: 9 } } },
      'containers/0/livenessProbe/failureThreshold',
      9,
    ],
    [WEBHOOK, { webhook: { readinessProbe: { periodSeconds: 9 } } }, 'containers/0/readinessProbe/periodSeconds', 9],
    ['ServiceAccount/cert-manager', { serviceAccount: { annotations: map } }, '/metadata/annotations', map],
    [
      'ServiceAccount/cert-manager-webhook',
      { webhook: { serviceAccount: { annotations: map } } },
      '/metadata/annotations',
      map,
    ],
    [
      'ServiceAccount/cert-manager-cainjector',
      { cainjector: { serviceAccount: { annotations: map } } },
      '/metadata/annotations',
      map,
    ],
    ['Service/cert-manager', { serviceAnnotations: map }, '/metadata/annotations', map],
    ['Service/cert-manager', { serviceLabels: map }, '/metadata/labels/a', 'b'],
    ['Service/cert-manager-webhook', { webhook: { serviceAnnotations: map } }, '/metadata/annotations', map],
    ['Service/cert-manager-webhook', { webhook: { serviceLabels: map } }, '/metadata/labels/a', 'b'],
    [
      'ValidatingWebhookConfiguration/cert-manager-webhook',
      { webhook: { timeoutSeconds: 3 } },
      '/webhooks/0/timeoutSeconds',
      3,
    ],
    [
      'ValidatingWebhookConfiguration/cert-manager-webhook',
      { webhook: { validatingWebhookConfigurationAnnotations: map } },
      '/metadata/annotations/a',
      'b',
    ],
    [
      'MutatingWebhookConfiguration/cert-manager-webhook',
      { webhook: { mutatingWebhookConfigurationAnnotations: map } },
      '/metadata/annotations/a',
      'b',
    ],
  ];

  it.each(cases)('is rendered in %s: %j', (object, settings, path, value) => {
    expect(find(render(settings as Settings)[object], path)).toEqual(value);
  });

  /** The value at a path relative to the pod spec, or to the object if it begins with `/`; -1 is the last list item. */
  function find(manifest: Manifest | undefined, path: string): unknown {
    const root = path.startsWith('/') ? manifest : at(manifest, 'spec', 'template', 'spec');
    return path
      .split('/')
      .filter(Boolean)
      .reduce<unknown>((here, step) => (Array.isArray(here) ? here.at(Number(step)) : at(here, step)), root);
  }
});

describe('unsupported field of CertManagerArgs', () => {
  const below = (section: string, ...fields: readonly string[]): [string, unknown][] =>
    fields.map((field) => [field, { [section]: { [field]: {} } }]);
  const onTop = [
    'clusterResourceNamespace',
    'containerSecurityContext',
    'helmOptions',
    'image',
    'ingressShim',
    'installCRDs',
    'prometheus',
    'securityContext',
    'startupapicheck',
  ];

  it.each<[string, unknown]>([
    ...onTop.map((field): [string, unknown] => [field, { [field]: {} }]),
    ...below(
      'webhook',
      'containerSecurityContext',
      'hostNetwork',
      'image',
      'loadBalancerIP',
      'securityContext',
      'serviceType',
      'url',
    ),
    ...below('cainjector', 'containerSecurityContext', 'image', 'podSecurityContext', 'timeoutSeconds'),
    ...below('global', 'imagePullSecrets', 'podSecurityPolicy', 'rbac'),
    ...below('serviceAccount', 'automountServiceAccountToken', 'create', 'name'),
    ['namespace', { global: { leaderElection: { namespace: 'kube-system' } } }],
  ])('is rejected with its name and the reason: %s', (field, settings) => {
    expect(faults(settings)).toEqual([
      expect.stringMatching(new RegExp(`${field}: "${field}" of CertManagerArgs has no effect here: .{20,}`)),
    ]);
  });

  it('is a compile error', () => {
    expectTypeOf<Settings['image']>().toEqualTypeOf<undefined>();
    expectTypeOf<NonNullable<Settings['webhook']>['hostNetwork']>().toEqualTypeOf<undefined>();
  });
});

describe('invalid value', () => {
  const terms = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'Exists' }] }] };

  it.each<[string, unknown, string]>([
    [
      'an invalid quantity',
      { resources: { requests: { cpu: '1 core' } } },
      'resources.requests.cpu: must be CPUs or thousandths of one',
    ],
    [
      'a volume that is mounted nowhere',
      { extraVolumes: [{ name: 'v', secret: { secretName: 's' } }] },
      'extraVolumes.0.name: must have a mount of the same name',
    ],
    [
      'a flag and its value as two items',
      { extraArgs: ['--dns01-recursive-nameservers', '1.1.1.1:53'] },
      'extraArgs.1: must be one string: --flag or --flag=value',
    ],
    ['a reserved flag', { extraArgs: ['--v=4'] }, 'extraArgs.0: --v cannot be set here: set global.logLevel'],
    ['a selector label', { podLabels: { 'app.kubernetes.io/name': 'x' } }, 'podLabels: labels of app.kubernetes.io/'],
    [
      'a map for a node selector',
      { nodeSelector: { pool: 'system' } },
      'nodeSelector.nodeSelectorTerms: a list of terms',
    ],
    [
      'nodeSelector and required node affinity',
      { nodeSelector: terms, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } },
      'nodeSelector: nodeSelector and affinity',
    ],
    [
      'maxSurge 0 without maxUnavailable',
      { strategy: { rollingUpdate: { maxSurge: 0 } } },
      'strategy: with maxSurge 0',
    ],
    ['Recreate with rollingUpdate', { strategy: { type: 'Recreate', rollingUpdate: {} } }, 'strategy: type "Recreate"'],
    [
      'leaseDuration shorter than renewDeadline',
      { global: { leaderElection: { leaseDuration: '30s' } } },
      'global.leaderElection: leaseDuration must be longer',
    ],
    ['podDnsPolicy None without nameservers', { podDnsPolicy: 'None' }, 'podDnsPolicy: with podDnsPolicy "None"'],
    [
      'a feature gate that needs more permissions',
      { featureGates: 'ExperimentalCertificateSigningRequestControllers=true' },
      'featureGates: must be without ExperimentalCertificateSigningRequestControllers=true',
    ],
    [
      'a hostPath volume',
      { extraVolumes: [{ name: 'v', hostPath: { path: '/' } }], extraVolumeMounts: [{ name: 'v', mountPath: '/v' }] },
      'extraVolumes.0: Unrecognized key: "hostPath"',
    ],
  ])('is rejected with a fix: %s', (_what, settings, message) => {
    expect(faults(settings).join('\n')).toContain(message);
  });
});

describe('type of the settings', () => {
  it('has every field of CertManagerArgs, at every level', () => {
    type Shared = keyof typeof sharedFields;
    type Own = 'acmeEmail' | 'acmeServer' | Shared;
    expectTypeOf<Exclude<keyof Settings, Own>>().toEqualTypeOf<keyof Pulumi>();
    expectTypeOf<Exclude<keyof NonNullable<Settings['webhook']>, Shared>>().toEqualTypeOf<
      keyof NonNullable<Pulumi['webhook']>
    >();
    expectTypeOf<Exclude<keyof NonNullable<Settings['cainjector']>, Shared>>().toEqualTypeOf<
      keyof NonNullable<Pulumi['cainjector']>
    >();
    expectTypeOf<keyof NonNullable<Settings['global']>>().toEqualTypeOf<keyof NonNullable<Pulumi['global']>>();
    expectTypeOf<keyof NonNullable<Settings['serviceAccount']>>().toEqualTypeOf<
      keyof NonNullable<Pulumi['serviceAccount']>
    >();
  });

  it('is assignable to CertManagerArgs', () => {
    expectTypeOf<Omit<Settings, 'acmeEmail' | 'acmeServer'>>().toExtend<Pulumi>();
  });

  it('equals CertManagerArgs where it is not deliberately stricter', () => {
    type Maps = 'deploymentAnnotations' | 'podAnnotations' | 'podLabels' | 'serviceAnnotations' | 'serviceLabels';
    type Same = Maps | 'extraArgs' | 'featureGates' | 'http_proxy' | 'https_proxy' | 'no_proxy' | 'replicaCount';
    expectTypeOf<Pick<Settings, Same>>().toEqualTypeOf<Pick<Pulumi, Same>>();
    type Hooks = 'mutatingWebhookConfigurationAnnotations' | 'validatingWebhookConfigurationAnnotations';
    type SameBelow = Hooks | 'nodeSelector' | 'securePort' | 'timeoutSeconds';
    expectTypeOf<Pick<NonNullable<Settings['webhook']>, SameBelow>>().toEqualTypeOf<
      Pick<NonNullable<Pulumi['webhook']>, SameBelow>
    >();
  });
});
