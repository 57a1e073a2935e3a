import { describe, expect, it } from 'vitest';
import type { LoadBalancer } from '../../cloud/cloud.ts';
import { Fault } from '../../fault.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { connect } from '../../lib/network.ts';
import { CHALLENGE_LISTENER, Gateway, type GatewayProps } from './gateway.ts';
import { gatewaySettings } from './settings.ts';
import { manifestsOf } from '../../render/manifests.ts';

const DNS = [{ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }];
const PODS = { namespace: 'shop', labels: { app: 'shop' } };

const PROPS: GatewayProps = {
  image: 'traefik:v3.7.11',
  replicas: 2,
  domain: 'example.com',
  trustedForwarders: [],
  loadBalancer: { type: 'LoadBalancer' },
  issuers: { domain: 'letsencrypt-dns', anyHost: 'letsencrypt-http' },
};

/** Renders a gateway with reserved hosts, each as `component:host`. */
function render(props: Partial<GatewayProps> = {}, ...hosts: string[]): ReturnType<typeof manifestsOf> {
  const gateway = new Gateway({ ...PROPS, ...props });
  for (const [component = '', host = ''] of hosts.map((one) => one.split(':'))) gateway.bind(host, component);
  gateway.dns = DNS;
  return manifestsOf(gateway);
}

function find({ manifests }: ReturnType<typeof manifestsOf>, kind: string, name: string): Manifest {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const names = ({ manifests }: ReturnType<typeof manifestsOf>, kind: string): string[] =>
  manifests.filter((m) => m.kind === kind).map((m) => m.metadata.name);
const pod = (rendered: ReturnType<typeof manifestsOf>): unknown =>
  at(find(rendered, 'Deployment', 'gateway'), 'spec', 'template', 'spec');
const args = (rendered: ReturnType<typeof manifestsOf>): readonly unknown[] =>
  listAt(pod(rendered), 'containers', 0, 'args');
const service = (loadBalancer: LoadBalancer): Manifest => find(render({ loadBalancer }), 'Service', 'gateway');
const allowedNamespaces = (gateway: Manifest, listener: number): unknown =>
  at(gateway, 'spec', 'listeners', listener, 'allowedRoutes', 'namespaces');

describe('host', () => {
  it('of others below the domain has a listener of its own, for their namespaces', () => {
    const gateway = new Gateway(PROPS);
    gateway.bind('whoami.example.com', 'whoami');
    const { listener } = gateway.bind('shop.example.com', 'tenant-shop', ['shop', 'shop-jobs']);
    gateway.dns = DNS;
    const [, shared, own] = listAt(find(manifestsOf(gateway), 'Gateway', 'gateway'), 'spec', 'listeners');
    const namespaces = (of: unknown): unknown =>
      at(of, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values');
    expect(listener).toEqual({ gateway: 'gateway', namespace: 'gateway', name: 'shop-example-com' });
    expect([textAt(own, 'name'), textAt(own, 'hostname')]).toEqual(['shop-example-com', 'shop.example.com']);
    expect(namespaces(own)).toEqual(['shop', 'shop-jobs']);
    expect(namespaces(shared)).toEqual(['whoami']);
    expect(at(own, 'tls')).toEqual(at(shared, 'tls'));
  });

  it('has the namespace that routes it, of which alerts on backends know them all', () => {
    const gateway = new Gateway(PROPS);
    gateway.bind('shop.example.com', 'tenant-shop', ['shop', 'shop-jobs']);
    gateway.bind('items.example.com', 'items');
    expect(gateway.publicHosts).toEqual([
      { host: 'items.example.com', namespace: 'items' },
      { host: 'shop.example.com', namespace: 'shop' },
    ]);
    expect(gateway.rules.map(({ alerts }) => alerts?.['BackendErrors']?.expr)).toEqual([
      expect.stringContaining('-svc-(shop-jobs|items|shop)-'),
    ]);
  });

  it('below the domain uses the wildcard listener, which allows only the namespaces of its components', () => {
    const rendered = render({}, 'whoami:whoami.example.com', 'items:items.example.com', 'items:list.example.com');
    const gateway = find(rendered, 'Gateway', 'gateway');
    expect(
      listAt(gateway, 'spec', 'listeners').map((l) => [textAt(l, 'name'), textAt(l, 'hostname'), at(l, 'port')]),
    ).toEqual([
      ['http', undefined, 80],
      ['https', '*.example.com', 443],
    ]);
    expect(allowedNamespaces(gateway, 1)).toEqual({
      from: 'Selector',
      selector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['items', 'whoami'] }],
      },
    });
    expect(names(rendered, 'Gateway')).toEqual(['gateway']);
    expect(at(find(rendered, 'Certificate', 'wildcard'), 'spec', 'issuerRef', 'name')).toBe('letsencrypt-dns');
  });

  it.each(['shop.example.org', 'example.com', 'a.b.example.com', 'myexample.com'])(
    'not covered by the wildcard has its own listener and certificate: %s',
    (host) => {
      const rendered = render({}, `shop:${host}`);
      const name = host.replaceAll('.', '-');
      expect(at(find(rendered, 'Gateway', 'gateway-hosts'), 'spec', 'listeners', 0)).toMatchObject({
        name,
        hostname: host,
        port: 443,
        protocol: 'HTTPS',
        tls: { mode: 'Terminate', certificateRefs: [{ name }] },
        allowedRoutes: { namespaces: { selector: { matchExpressions: [{ values: ['shop'] }] } } },
      });
      expect(find(rendered, 'Certificate', name).spec).toMatchObject({
        dnsNames: [host],
        secretName: name,
        issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt-http' },
      });
    },
  );

  it('not covered by the wildcard has a certificate that depends on the Gateway for challenges', () => {
    const rendered = render({}, 'shop:shop.example.org');
    expect(rendered.stated).toContainEqual([
      find(rendered, 'Certificate', 'shop-example-org'),
      find(rendered, 'Gateway', 'gateway'),
    ]);
  });

  it('has the listener for its route', () => {
    const gateway = new Gateway(PROPS);
    expect(gateway.bind('shop.example.com', 'shop').listener).toEqual({
      gateway: 'gateway',
      namespace: 'gateway',
      name: 'https',
    });
    expect(gateway.bind('shop.example.org', 'shop').listener).toEqual({
      gateway: 'gateway-hosts',
      namespace: 'gateway',
      name: 'shop-example-org',
    });
  });

  it('of others below the domain has its own listener, for their namespaces, with the wildcard certificate', () => {
    const gateway = new Gateway(PROPS);
    gateway.bind('whoami.example.com', 'whoami');
    const { listener } = gateway.bind('shop.example.com', 'tenant-shop', ['shop', 'shop-jobs']);
    gateway.dns = DNS;
    const object = find(manifestsOf(gateway), 'Gateway', 'gateway');
    expect(listener).toEqual({ gateway: 'gateway', namespace: 'gateway', name: 'shop-example-com' });
    // Whom the wildcard listener allowed could route any host of the domain.
    expect(allowedNamespaces(object, 1)).toMatchObject({ selector: { matchExpressions: [{ values: ['whoami'] }] } });
    expect(at(object, 'spec', 'listeners', 2)).toMatchObject({
      name: listener.name,
      hostname: 'shop.example.com',
      tls: { certificateRefs: [{ name: 'wildcard' }] },
      allowedRoutes: { namespaces: { selector: { matchExpressions: [{ values: ['shop', 'shop-jobs'] }] } } },
    });
  });

  it('of others that the wildcard does not cover has a listener for their namespaces', () => {
    const gateway = new Gateway(PROPS);
    gateway.bind('shop.example.org', 'tenant-shop', ['shop', 'shop-jobs']);
    gateway.dns = DNS;
    expect(allowedNamespaces(find(manifestsOf(gateway), 'Gateway', 'gateway-hosts'), 0)).toMatchObject({
      selector: { matchExpressions: [{ values: ['shop', 'shop-jobs'] }] },
    });
  });

  it('claimed by two components is a Fault', () => {
    const gateway = new Gateway(PROPS);
    gateway.bind('shop.example.com', 'shop');
    expect(() => gateway.bind('shop.example.com', 'items')).toThrow(Fault);
    expect(() => gateway.bind('shop.example.com', 'items')).toThrow(
      /"shop" and "items" both claim the host "shop\.example\.com"/,
    );
  });

  it('of a component is listed in the policy on routes, by the namespaces that may route it', () => {
    const gateway = new Gateway(PROPS);
    gateway.bind('whoami.example.com', 'whoami');
    gateway.bind('shop.example.com', 'tenant-shop', ['shop', 'shop-jobs']);
    gateway.dns = DNS;
    const policy = find(manifestsOf(gateway), 'ValidatingAdmissionPolicy', 'route-hosts');
    expect(listAt(policy, 'spec', 'variables')[0]).toEqual({
      name: 'hosts',
      expression:
        '{\n  "shop": ["shop.example.com"],\n  "shop-jobs": ["shop.example.com"],\n  "whoami": ["whoami.example.com"]\n}',
    });
  });

  it('may be one of a hundred on the shared listener, and of 64 with listeners of their own', () => {
    const gateway = new Gateway(PROPS);
    for (let i = 0; i < 100; i++) gateway.bind(`app-${i}.example.com`, `app-${i}`);
    for (let i = 0; i < 64; i++) gateway.bind(`app-${i}.example.org`, `other-${i}`);
    gateway.dns = DNS;
    const rendered = manifestsOf(gateway);
    expect(listAt(find(rendered, 'Gateway', 'gateway'), 'spec', 'listeners')).toHaveLength(2);
    expect(listAt(find(rendered, 'Gateway', 'gateway-hosts'), 'spec', 'listeners')).toHaveLength(64);
    expect(() => gateway.bind('app.example.org', 'app')).toThrow(
      'the 65 hosts of the Gateway "gateway-hosts" need more than the 64 listeners',
    );
    for (let i = 0; i < 62; i++) gateway.bind(`tenant-${i}.example.com`, `tenant-${i}`, ['tenant']);
    expect(() => gateway.bind('tenant.example.com', 'tenant', ['tenant'])).toThrow(
      'of the Gateway "gateway" need more than the 64 listeners',
    );
  });

  it('with the listener name of another host is a Fault', () => {
    const gateway = new Gateway(PROPS);
    gateway.bind('my-shop.example.org', 'shop');
    expect(() => gateway.bind('my.shop.example.org', 'items')).toThrow(
      /my-shop\.example\.org[^]*my\.shop\.example\.org/,
    );
  });

  it('without an issuer is a Fault', () => {
    const gateway = new Gateway({ ...PROPS, issuers: { domain: 'ca' } });
    expect(() => gateway.bind('shop.example.org', 'shop')).toThrow(/shop\.example\.org[^]*shop\.example\.com/);
  });
});

describe('HTTP listener', () => {
  it('redirects to HTTPS with 301', () => {
    const redirect = find(render(), 'HTTPRoute', 'redirect');
    expect(at(redirect, 'spec', 'rules', 0, 'filters')).toEqual([
      { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } },
    ]);
    expect(at(redirect, 'spec', 'parentRefs', 0)).toEqual({
      name: CHALLENGE_LISTENER.gateway,
      sectionName: CHALLENGE_LISTENER.name,
    });
  });

  it('allows no routes of other namespaces', () => {
    expect(allowedNamespaces(find(render({}, 'shop:shop.example.com'), 'Gateway', 'gateway'), 0)).toEqual({
      from: 'Same',
    });
  });

  it('is connected to the solver pods if a host needs HTTP-01', () => {
    const rendered = render({}, 'shop:shop.example.org');
    expect(at(find(rendered, 'NetworkPolicy', 'acme-solver'), 'spec', 'podSelector', 'matchLabels')).toEqual({
      'acme.cert-manager.io/http01-solver': 'true',
    });
    expect(JSON.stringify(find(rendered, 'NetworkPolicy', 'gateway').spec)).toContain('8089');
    const without = render({}, 'shop:shop.example.com');
    expect(names(without, 'NetworkPolicy')).not.toContain('acme-solver');
    expect(JSON.stringify(find(without, 'NetworkPolicy', 'gateway').spec)).not.toContain('8089');
  });
});

describe('Traefik', () => {
  it('has an entry point for the port of every listener', () => {
    const rendered = render({}, 'shop:shop.example.org');
    const ports = ['gateway', 'gateway-hosts'].flatMap((name) =>
      listAt(find(rendered, 'Gateway', name), 'spec', 'listeners').map((l) => at(l, 'port')),
    );
    for (const port of ports)
      expect(args(rendered).filter((arg) => String(arg).endsWith(`.address=:${String(port)}`))).toHaveLength(1);
  });

  it('has no TLS on entry points', () => {
    expect(args(render()).filter((arg) => String(arg).includes('.http.tls'))).toEqual([]);
  });

  it('binds ports below 1024 as non-root', () => {
    expect(at(pod(render()), 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
    });
  });

  it('reports the address of its Service, or the one of the cloud', () => {
    expect(args(render())).toContain('--providers.kubernetesgateway.statusaddress.service.name=gateway');
    const local = args(render({ loadBalancer: { type: 'NodePort', address: '127.0.0.1' } }));
    expect(local).toContain('--providers.kubernetesgateway.statusaddress.ip=127.0.0.1');
    expect(local.join(' ')).not.toContain('statusaddress.service');
  });

  it('trusts forwarded client addresses only from configured CIDRs', () => {
    expect(args(render()).join(' ')).not.toMatch(/trustedips|insecure/);
    const configured = args(
      render({
        trustedForwarders: ['203.0.113.0/24', '2001:db8::/32'],
        loadBalancer: { type: 'LoadBalancer', proxyProtocolFrom: ['10.0.0.0/16'] },
      }),
    );
    for (const entry of ['web', 'websecure']) {
      expect(configured).toContain(`--entrypoints.${entry}.forwardedheaders.trustedips=203.0.113.0/24,2001:db8::/32`);
      expect(configured).toContain(`--entrypoints.${entry}.proxyprotocol.trustedips=10.0.0.0/16`);
    }
  });

  it('has a grace period longer than its shutdown', () => {
    const rendered = render();
    const seconds = (what: string): number =>
      Number(new RegExp(`web\\.transport\\.lifecycle\\.${what}=(\\d+)s`).exec(args(rendered).join(' '))?.[1]);
    expect(at(pod(rendered), 'terminationGracePeriodSeconds')).toBeGreaterThan(
      seconds('requestacceptgracetimeout') + seconds('gracetimeout'),
    );
  });

  it('may watch every kind it needs at startup, and update only status', () => {
    const rules = listAt(find(render(), 'ClusterRole', 'gateway'), 'rules');
    const allowed = (verb: string): string[] =>
      rules.filter((r) => listAt(r, 'verbs').includes(verb)).flatMap((r) => listAt(r, 'resources').map(String));
    expect(allowed('watch').sort()).toEqual([
      'backendtlspolicies',
      'configmaps',
      'endpointslices',
      'gatewayclasses',
      'gateways',
      'grpcroutes',
      'httproutes',
      'namespaces',
      'referencegrants',
      'services',
      'tlsroutes',
    ]);
    expect(allowed('update').every((resource) => resource.endsWith('/status'))).toBe(true);
    expect(rules.flatMap((r) => listAt(r, 'verbs'))).not.toContain('*');
  });

  it('may read Secrets of its own namespace alone, and asks for these through a route on loopback', () => {
    const rendered = render();
    expect(find(rendered, 'Role', 'gateway')['rules']).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] },
    ]);
    const endpoint = /^--providers\.kubernetesgateway\.endpoint=http:\/\/(127\.0\.0\.1:\d+)$/;
    const address = args(rendered).flatMap((arg) => endpoint.exec(String(arg))?.[1] ?? []);
    expect(args(rendered)).toContain(`--entrypoints.apiserver.address=${String(address[0])}`);
    const mount = listAt(pod(rendered), 'containers', 0, 'volumeMounts').find(
      (one) => at(one, 'name') === 'own-secrets',
    );
    expect(args(rendered)).toContain(`--providers.file.filename=${textAt(mount, 'mountPath') ?? ''}/own-secrets.yaml`);
    const file = textAt(find(rendered, 'ConfigMap', 'own-secrets'), 'data', 'own-secrets.yaml');
    expect(file).toContain('rule: Path(`/api/v1/secrets`)');
    expect(file).toContain('path: /api/v1/namespaces/gateway/secrets');
  });

  it("lets no route of another namespace lead to Traefik's own services", () => {
    expect(args(render())).toContain('--providers.kubernetesgateway.crossprovidernamespaces=gateway');
  });

  it('has a NetworkPolicy with ingress on the public ports and egress to connected backends', () => {
    const gateway = new Gateway(PROPS);
    const shop = { name: 'shop', pods: PODS, ports: { http: 3000 } };
    connect(gateway.bind('shop.example.com', 'shop').gateway, shop, 'http');
    gateway.dns = DNS;
    const policy = find(manifestsOf(gateway), 'NetworkPolicy', 'gateway');
    expect(at(policy, 'spec', 'ingress')).toEqual([
      {
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 443, protocol: 'TCP' },
        ],
      },
    ]);
    expect(listAt(policy, 'spec', 'egress').at(-1)).toEqual({
      ports: [{ port: 3000, protocol: 'TCP' }],
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
          podSelector: { matchLabels: { app: 'shop' } },
        },
      ],
    });
  });
});

describe('Service gateway', () => {
  it('preserves the client address on every cloud', () => {
    for (const type of ['LoadBalancer', 'NodePort'] as const)
      expect(service({ type }).spec).toMatchObject({ type, externalTrafficPolicy: 'Local' });
  });

  it('has the ports, class and annotations of the cloud, and no appProtocol', () => {
    const rendered = service({
      type: 'NodePort',
      nodePorts: { web: 30080, websecure: 30443 },
      loadBalancerClass: 'example.com/nlb',
      annotations: { a: 'b' },
    });
    expect(rendered.spec).toMatchObject({
      loadBalancerClass: 'example.com/nlb',
      ports: [
        { name: 'web', port: 80, nodePort: 30080, targetPort: 'web' },
        { name: 'websecure', port: 443, nodePort: 30443, targetPort: 'websecure' },
      ],
    });
    expect(rendered.metadata.annotations).toEqual({ a: 'b' });
    expect(JSON.stringify(rendered)).not.toContain('appProtocol');
  });
});

describe('settings', () => {
  it('have defaults for all fields', () => {
    expect(gatewaySettings.parse({})).toEqual({ replicas: 2, trustedForwarders: [] });
  });

  it('reject trustedForwarders that are not CIDRs', () => {
    expect(gatewaySettings.safeParse({ trustedForwarders: ['203.0.113.7'] }).success).toBe(false);
    expect(gatewaySettings.safeParse({ trustedForwarders: ['203.0.113.0/24', '2001:db8::/32'] }).success).toBe(true);
  });
});
