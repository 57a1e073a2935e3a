import { describe, expect, it } from 'vitest';
import { prometheusOperator } from '../../../test/lib/prometheus-operator.ts';
import { newestUpstream } from '../../../test/lib/upstream.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import { type ComponentManifests, manifestsOf } from '../../render/manifests.ts';
import { Alertmanager } from '../alertmanager/alertmanager.ts';
import { alertmanagerSettings } from '../alertmanager/settings.ts';
import { PROMETHEUS, Prometheus, type PrometheusProps } from './prometheus.ts';
import { prometheusSettings } from './settings.ts';

const upstream = newestUpstream('prometheus-operator');
const storage = { storageClassName: 'standard' };
const secrets = { name: 'store', keyPrefix: 'test-', given: (name: string) => ({ name, remoteKey: name }) };
const operator = () => prometheusOperator({ prometheus: PROMETHEUS });
const alertmanager = (): Alertmanager =>
  new Alertmanager({
    ...alertmanagerSettings.parse({}),
    image: 'alertmanager:v0.34.2',
    operator: operator(),
    storage,
    secrets,
  });

function render(settings: object = {}, props: Partial<PrometheusProps> = {}): ComponentManifests {
  const prometheus = new Prometheus({
    ...prometheusSettings.parse(settings),
    image: 'prometheus:v3.16.0',
    upstream,
    operator: operator(),
    cluster: 'staging',
    storage,
    secrets,
    nodes: [{ cidr: '10.0.0.0/16' }],
    kubeletSelfSigned: false,
    ...props,
  });
  prometheus.dns = [{ namespace: 'kube-system' }];
  prometheus.apiServer = [{ cidr: '10.1.0.1/32' }];
  return manifestsOf(prometheus);
}

function find({ manifests }: ComponentManifests, kind: string, name: string): Manifest {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const server = (rendered: ComponentManifests): unknown => at(find(rendered, 'Prometheus', 'main'), 'spec');
const egress = (rendered: ComponentManifests): readonly unknown[] =>
  listAt(find(rendered, 'NetworkPolicy', 'server'), 'spec', 'egress');
const portsAnywhere = (rendered: ComponentManifests): unknown[] =>
  egress(rendered)
    .filter((rule) => JSON.stringify(at(rule, 'to')).includes('0.0.0.0/0'))
    .flatMap((rule) => listAt(rule, 'ports').map((port) => at(port, 'port')));
const target = (rendered: ComponentManifests, name: string): unknown =>
  at(find(rendered, 'ScrapeConfig', name), 'spec');

const plain = render();

describe('rights', () => {
  const rules = listAt(find(plain, 'ClusterRole', PROMETHEUS), 'rules');

  it('are reads of what it finds targets by, and of metrics', () => {
    expect(new Set(rules.flatMap((rule) => listAt(rule, 'verbs')))).toEqual(new Set(['get', 'list', 'watch']));
    expect(new Set(rules.flatMap((rule) => listAt(rule, 'resources')))).toEqual(
      new Set(['nodes', 'nodes/metrics', 'services', 'pods', 'endpointslices']),
    );
    expect(rules.flatMap((rule) => listAt(rule, 'nonResourceURLs'))).toEqual(['/metrics']);
  });

  it('are not at the disposal of monitors, which cannot have its token sent to their targets', () => {
    expect(at(server(plain), 'arbitraryFSAccessThroughSMs')).toEqual({ deny: true });
  });
});

describe('network', () => {
  it('lets it call DNS, API servers, and kubelets on nodes', () => {
    expect(egress(plain).slice(1)).toEqual([
      {
        to: [{ ipBlock: { cidr: '10.1.0.1/32' } }],
        ports: [
          { port: 443, protocol: 'TCP' },
          { port: 6443, protocol: 'TCP' },
        ],
      },
      { to: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ port: 10250, protocol: 'TCP' }] },
    ]);
  });

  it('is open to the outside at the ports of remote writes only', () => {
    expect(portsAnywhere(plain)).toEqual([]);
    const urls = ['https://a.example.com/write', 'https://b.example.com/write', 'https://c.example.com:8443/write'];
    expect(portsAnywhere(render({ remoteWrite: urls.map((url) => ({ url })) }))).toEqual([443, 8443]);
  });

  it('lets it call Alertmanager, whose Service it finds the servers by', () => {
    const rendered = render({}, { alertmanager: alertmanager() });
    expect(JSON.stringify(egress(rendered))).toContain('"kubernetes.io/metadata.name":"alertmanager"');
    expect(at(server(rendered), 'alerting')).toEqual({
      alertmanagers: [{ name: 'alertmanager', namespace: 'alertmanager', port: 'web' }],
    });
    expect(at(server(plain), 'alerting')).toBeUndefined();
  });
});

describe('Prometheus main', () => {
  it('leaves a fifth of the volume to its log and to compaction', () => {
    expect(server(render({ size: '20Gi' }))).toMatchObject({
      retentionSize: '16384MB',
      storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '20Gi' } } } } },
    });
    expect(at(server(render({ size: '500Mi' })), 'retentionSize')).toBe('400MB');
  });

  it('says in all that leaves it which cluster it is', () => {
    expect(at(server(plain), 'externalLabels')).toEqual({ cluster: 'staging' });
  });

  it('has its token for targets of two scrape classes, of which one verifies certificates', () => {
    const token = '/var/run/secrets/kubernetes.io/serviceaccount/token';
    expect(at(server(plain), 'scrapeClasses')).toEqual([
      {
        name: 'cluster-authority',
        authorization: { credentialsFile: token },
        tlsConfig: { caFile: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' },
      },
      { name: 'token-over-tls', authorization: { credentialsFile: token }, tlsConfig: { insecureSkipVerify: true } },
    ]);
  });

  it('says the version of its image, by which the operator chooses flags', () => {
    expect(server(plain)).toMatchObject({ image: 'prometheus:v3.16.0', version: 'v3.16.0' });
  });

  it('with several servers has a PodDisruptionBudget, and each on a node of its own', () => {
    const labels = { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'main' };
    const two = render({ replicas: 2 });
    expect(find(two, 'PodDisruptionBudget', 'main').spec).toMatchObject({
      maxUnavailable: 1,
      selector: { matchLabels: labels },
    });
    expect(at(server(two), 'affinity')).toEqual({
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
        ],
      },
    });
    expect(plain.manifests.filter(({ kind }) => kind === 'PodDisruptionBudget')).toEqual([]);
    expect(at(server(plain), 'affinity')).toBeUndefined();
  });

  it('keeps the affinity of the cluster file beside its own', () => {
    const term = { topologyKey: 'example.com/rack', labelSelector: { matchLabels: { app: 'other' } } };
    const given = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const spread = listAt(
      server(render({ replicas: 2, affinity: given })),
      'affinity',
      'podAntiAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution',
    );
    expect(spread).toEqual([term, expect.objectContaining({ topologyKey: 'kubernetes.io/hostname' })]);
    expect(at(server(render({ affinity: given })), 'affinity')).toEqual(given);
  });
});

describe('remote write', () => {
  const url = 'https://metrics.example.com/api/v1/write';

  it('has the credentials of an entry of the store, which several servers may share', () => {
    const rendered = render({
      remoteWrite: [
        { url, secret: 'elsewhere' },
        { url: `${url}2`, secret: 'elsewhere' },
      ],
    });
    const basicAuth = {
      username: { name: 'remote-write-elsewhere', key: 'username' },
      password: { name: 'remote-write-elsewhere', key: 'password' },
    };
    expect(at(server(rendered), 'remoteWrite')).toEqual([
      { url, basicAuth },
      { url: `${url}2`, basicAuth },
    ]);
    expect(listAt(find(rendered, 'ExternalSecret', 'remote-write-elsewhere'), 'spec', 'data')).toEqual([
      { secretKey: 'username', remoteRef: { key: 'elsewhere', property: 'username' } },
      { secretKey: 'password', remoteRef: { key: 'elsewhere', property: 'password' } },
    ]);
  });

  it('without an entry has no credentials', () => {
    expect(at(server(render({ remoteWrite: [{ url }] })), 'remoteWrite')).toEqual([{ url }]);
  });
});

describe('targets of the cluster', () => {
  it.each(['kubelet', 'cadvisor', 'apiserver'])('%s have the job of this name', (name) => {
    expect(target(plain, name)).toMatchObject({ jobName: name, scheme: 'HTTPS', scrapeClass: 'cluster-authority' });
    expect(listAt(target(plain, name), 'relabelings').at(-1)).toEqual({ targetLabel: 'job', replacement: name });
  });

  it('of kubelets are not verified if their certificates are self-signed; the API server is', () => {
    const rendered = render({}, { kubeletSelfSigned: true });
    expect(['kubelet', 'cadvisor', 'apiserver'].map((name) => at(target(rendered, name), 'scrapeClass'))).toEqual([
      'token-over-tls',
      'token-over-tls',
      'cluster-authority',
    ]);
  });

  it.each(['kubelet', 'cadvisor'])('%s have the name of the node', (name) => {
    expect(listAt(target(plain, name), 'relabelings')[0]).toEqual({
      sourceLabels: ['__meta_kubernetes_node_name'],
      targetLabel: 'node',
    });
  });

  it('have no empty regex: the operator leaves it out, and the default matches everything', () => {
    const relabelings = ['kubelet', 'cadvisor', 'apiserver'].flatMap((name) => [
      ...listAt(target(plain, name), 'relabelings'),
      ...listAt(target(plain, name), 'metricRelabelings'),
    ]);
    expect(relabelings.filter((one) => at(one, 'regex') === '')).toEqual([]);
  });
});

it.each([
  ['retention without a unit', { retention: '15' }],
  ['an interval in several units', { scrapeInterval: '1m30s' }],
  ['a remote write without TLS', { remoteWrite: [{ url: 'http://metrics.example.com/write' }] }],
  ['no replica', { replicas: 0 }],
])('settings reject %s', (_, wrong) => {
  expect(prometheusSettings.safeParse(wrong).success).toBe(false);
});
