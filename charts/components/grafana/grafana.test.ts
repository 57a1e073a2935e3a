import { describe, expect, it } from 'vitest';
import { Fault } from '../../fault.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { type ComponentManifests, manifestsOf } from '../../render/manifests.ts';
import { Grafana, type GrafanaProps } from './grafana.ts';
import { grafanaSettings } from './settings.ts';

const OIDC = {
  authUrl: 'https://id.example.com/authorize',
  tokenUrl: 'https://id.example.com:8443/token',
  userInfoUrl: 'https://id.example.com:8443/userinfo',
  clientId: 'grafana',
  secret: 'grafana-oidc',
};

const server = (name: string): GrafanaProps['prometheus'] => ({
  url: `http://${name}.${name}:9090`,
  endpoint: { name, pods: { namespace: name, labels: { app: name } }, ports: { web: 9090 } },
});

const PROPS: GrafanaProps = {
  ...grafanaSettings.parse({}),
  image: 'grafana:13',
  binding: {
    host: 'grafana.example.com',
    listener: { gateway: 'gateway', namespace: 'gateway', name: 'https' },
    gateway: { name: 'gateway', pods: { namespace: 'gateway', labels: { app: 'gateway' } }, ports: {} },
  },
  secrets: {
    name: 'store',
    keyPrefix: 'test-',
    given: (name) => {
      if (name === OIDC.secret) return { name, remoteKey: name };
      throw new Fault({ what: `no secret "${name}"`, fix: 'declare it' });
    },
  },
  prometheus: server('prometheus'),
  dashboards: [
    { uid: 'slipway-a', title: 'A' },
    { uid: 'slipway-b', title: 'B' },
    { uid: 'slipway-a', title: 'A' },
  ],
};

function render(props: Partial<GrafanaProps> = {}): ComponentManifests {
  const grafana = new Grafana({ ...PROPS, ...props });
  grafana.dns = [{ namespace: 'kube-system' }];
  return manifestsOf(grafana);
}

function find({ manifests }: ComponentManifests, kind: string, name = 'grafana'): Manifest {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const withOidc = (settings: object = {}): ComponentManifests =>
  render({ ...grafanaSettings.parse({ oidc: { ...OIDC, ...settings } }) });
const envOf = (rendered: ComponentManifests): Record<string, unknown> =>
  Object.fromEntries(
    listAt(find(rendered, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'env').map((one) => [
      textAt(one, 'name'),
      at(one, 'value') ?? at(one, 'valueFrom'),
    ]),
  );
const egressOf = (rendered: ComponentManifests): readonly unknown[] =>
  listAt(find(rendered, 'NetworkPolicy'), 'spec', 'egress');
const rolePath = (roles: object): unknown => envOf(withOidc({ roles }))['GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH'];

const plain = render();

describe('settings', () => {
  it.each([
    ['an endpoint without TLS', { oidc: { ...OIDC, tokenUrl: 'http://id.example.com/token' } }],
    ['a client secret in place of its entry', { oidc: { ...OIDC, secret: undefined, clientSecret: 'x' } }],
    ['a group that would end its quotes', { oidc: { ...OIDC, roles: { admin: ["a' || 'Admin"] } } }],
    ['a claim that is an expression', { oidc: { ...OIDC, roles: { claim: 'groups || x' } } }],
    ['a misspelt field', { hosts: 'grafana.example.com' }],
  ])('reject %s', (_, wrong) => {
    expect(grafanaSettings.safeParse(wrong).success).toBe(false);
  });
});

describe('provisioning', () => {
  it('has a ConfigMap for each dashboard, once, each far below the limit of 1 MiB', () => {
    const maps = plain.manifests.filter((m) => m.metadata.name.startsWith('dashboard-'));
    expect(maps.map((m) => m.metadata.name)).toEqual(
      ['a', 'b', 'cluster', 'fleet', 'objectives'].map((name) => `dashboard-slipway-${name}`),
    );
    for (const map of maps) expect(JSON.stringify(map).length).toBeLessThan(100_000);
    expect(JSON.parse(textAt(maps[0], 'data', 'slipway-a.json') ?? '')).toEqual({ uid: 'slipway-a', title: 'A' });
    expect(
      listAt(find(plain, 'Deployment'), 'spec', 'template', 'spec', 'volumes').find(
        (one) => at(one, 'name') === 'dashboards',
      ),
    ).toEqual({
      name: 'dashboards',
      projected: { sources: maps.map((map) => ({ configMap: { name: map.metadata.name } })) },
    });
  });

  it('of a changed dashboard rolls no pod, because Grafana notices it', () => {
    expect(find(plain, 'Deployment').metadata.annotations?.['slipway.dev/on-change']).toContain(
      'ConfigMap/dashboard-slipway-fleet',
    );
  });

  it('has Prometheus by the uid that dashboards name, and Alertmanager if there is one', () => {
    const sources = (rendered: ComponentManifests): unknown =>
      at(
        JSON.parse(textAt(find(rendered, 'ConfigMap', 'grafana-datasources'), 'data', 'datasources.yaml') ?? ''),
        'datasources',
      );
    const prometheus = { uid: 'prometheus', url: 'http://prometheus.prometheus:9090' };
    expect(sources(plain)).toMatchObject([prometheus]);
    expect(sources(render({ alertmanager: server('alertmanager') }))).toMatchObject([
      prometheus,
      { uid: 'alertmanager', url: 'http://alertmanager.alertmanager:9090' },
    ]);
  });
});

describe('network', () => {
  it('lets it call Prometheus, and Alertmanager if there is one, and nothing else but DNS', () => {
    const peers = (rendered: ComponentManifests): unknown[] =>
      egressOf(rendered)
        .slice(1)
        .map((rule) => at(rule, 'to', 0, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'));
    expect(peers(plain)).toEqual(['prometheus']);
    expect(peers(render({ alertmanager: server('alertmanager') }))).toEqual(['prometheus', 'alertmanager']);
  });

  it('hides its metrics from the outside', () => {
    expect(listAt(find(plain, 'HTTPRoute'), 'spec', 'rules')[1]).toMatchObject({
      matches: [{ path: { type: 'PathPrefix', value: '/metrics' } }],
      filters: [
        { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: '/' } } },
        { type: 'ResponseHeaderModifier' },
      ],
    });
  });
});

describe('signing in', () => {
  it('is for the user admin alone, with a generated password that is no literal', () => {
    expect(find(plain, 'PushSecret', 'admin').spec).toMatchObject({ updatePolicy: 'IfNotExists' });
    expect(envOf(plain)).toMatchObject({
      GF_SECURITY_ADMIN_PASSWORD: { secretKeyRef: { name: 'grafana', key: 'password' } },
      GF_SECURITY_SECRET_KEY: { secretKeyRef: { name: 'grafana', key: 'key' } },
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    });
    expect(Object.keys(envOf(plain)).filter((name) => name.startsWith('GF_AUTH_GENERIC'))).toEqual([]);
  });

  it('by OpenID Connect reads the client secret from the store, and calls the provider at its ports', () => {
    const rendered = withOidc();
    expect(envOf(rendered)['GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET']).toEqual({
      secretKeyRef: { name: 'grafana-oidc', key: 'clientSecret' },
    });
    expect(listAt(find(rendered, 'ExternalSecret', 'grafana-oidc'), 'spec', 'data')).toEqual([
      { secretKey: 'clientSecret', remoteRef: { key: 'grafana-oidc', property: 'clientSecret' } },
    ]);
    expect(egressOf(rendered)).toContainEqual(expect.objectContaining({ ports: [{ port: 8443, protocol: 'TCP' }] }));
    expect(JSON.stringify(egressOf(plain))).not.toContain('0.0.0.0/0');
  });

  it('by OpenID Connect with an entry that the cluster does not declare is a mistake', () => {
    expect(() => withOidc({ secret: 'other' })).toThrow('no secret "other"');
  });

  it.each([
    ['everybody looks', {}, "'Viewer'"],
    [
      'groups have roles',
      { admin: ['ops'], editor: ['dev', 'qa'] },
      "contains(groups[*], 'ops') && 'Admin' || contains(groups[*], 'dev') && 'Editor' || contains(groups[*], 'qa') && 'Editor' || 'Viewer'",
    ],
    ['others are refused', { claim: 'roles', viewer: ['staff'] }, "contains(roles[*], 'staff') && 'Viewer'"],
  ])('%s: %j', (_, roles, path) => {
    expect(rolePath(roles)).toBe(path);
  });
});
