import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { describe, expect, it } from 'vitest';
import { Component } from '../component.ts';
import { manifestsOf } from '../render/manifests.ts';
import { Deployment } from './deployment.ts';
import { at, listAt, type Manifest } from './manifest.ts';
import { type ForeignProgram, type Metrics, type MetricsPods, scrape } from './metrics.ts';

class Sample extends Component {
  override readonly metricsPods: readonly MetricsPods[];
  override readonly foreignPrograms: readonly ForeignProgram[];

  constructor(
    name: string,
    {
      workloads = {},
      pods = [],
      programs = [],
    }: {
      readonly workloads?: Readonly<Record<string, Metrics | readonly Metrics[] | undefined>>;
      readonly pods?: readonly Omit<MetricsPods, 'endpoint'>[];
      readonly programs?: readonly ForeignProgram[];
    } = {},
  ) {
    super(name, { tier: 'apps' });
    for (const [role, metrics] of Object.entries(workloads))
      new Deployment(this, {
        settings: {},
        role,
        containers: [
          {
            name: role,
            image: 'image:1',
            ports: { http: 8080, metrics: 9090 },
            metrics,
            resources: { cpu: '10m', cpuLimit: '20m', memory: '16Mi' },
          },
        ],
      });
    this.metricsPods = pods.map((one) => ({ ...one, endpoint: this.endpoint('pods', one.labels, {}, { web: 9000 }) }));
    this.foreignPrograms = programs;
    this.dns = [];
  }
}

/** The objects of a component, and the egress of the server that scrapes it. */
function scraped(component: Sample): { objects: readonly Manifest[]; egress: readonly unknown[] } {
  const scraper = new Sample('scraper');
  scrape(component, { server: scraper.endpoint('server', { app: 'scraper' }) });
  const policy = manifestsOf(scraper).manifests.find(({ metadata }) => metadata.name === 'server');
  return { objects: manifestsOf(component).manifests, egress: listAt(policy, 'spec', 'egress').slice(1) };
}

const monitors = (objects: readonly Manifest[]): readonly Manifest[] =>
  objects.filter(({ kind }) => kind === 'PodMonitor');

/** The endpoints of the monitor of a workload with these metrics. */
const endpoints = (metrics: Metrics | readonly Metrics[]): readonly unknown[] =>
  listAt(
    monitors(scraped(new Sample('shop', { workloads: { server: metrics } })).objects)[0],
    'spec',
    'podMetricsEndpoints',
  );

const nodeAs = (
  ...labels: readonly string[]
): NonNullable<NonNullable<NonNullable<IPodMonitor['spec']>['podMetricsEndpoints']>[number]['relabelings']> =>
  labels.map((targetLabel) => ({ sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel }));

describe('a workload that serves metrics', () => {
  const { objects, egress } = scraped(
    new Sample('shop', {
      workloads: { server: { port: 'metrics' }, worker: { port: 'http', path: '/stats' }, idle: undefined },
    }),
  );

  it('has a PodMonitor that selects its pods, and others have none', () => {
    const selected = monitors(objects).map(({ spec }) => at(spec, 'selector', 'matchLabels'));
    const workloads = objects.filter(({ kind, metadata }) => kind === 'Deployment' && !metadata.name.includes('idle'));
    expect(selected).toEqual(workloads.map(({ spec }) => at(spec, 'selector', 'matchLabels')));
    expect(monitors(objects).map(({ metadata }) => metadata.name)).toEqual(
      workloads.map(({ metadata }) => metadata.name),
    );
  });

  it('lets the server in at the port of its metrics, and the server out to it', () => {
    const inward = objects
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .flatMap(({ spec }) => listAt(spec, 'ingress'));
    expect(inward).toEqual(
      [9090, 8080].map((port) => ({
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'scraper' } },
            podSelector: { matchLabels: { app: 'scraper' } },
          },
        ],
        ports: [{ port, protocol: 'TCP' }],
      })),
    );
    expect(egress.map((rule) => at(rule, 'ports', 0, 'port'))).toEqual([9090, 8080]);
    expect(egress.map((rule) => at(rule, 'to', 0, 'namespaceSelector', 'matchLabels'))).toEqual([
      { 'kubernetes.io/metadata.name': 'shop' },
      { 'kubernetes.io/metadata.name': 'shop' },
    ]);
  });
});

describe('the endpoint of a PodMonitor', () => {
  it('has the path, the scheme and the labels of a pod unless told otherwise', () => {
    expect(endpoints({ port: 'metrics' })).toEqual([{ port: 'metrics', relabelings: nodeAs('node') }]);
    expect(endpoints({ port: 'http', path: '/stats' })).toEqual([
      { port: 'http', path: '/stats', relabelings: nodeAs('node') },
    ]);
  });

  it('about the node has its name in place of the address of the pod', () => {
    expect(endpoints({ port: 'metrics', about: 'node' })).toEqual([
      { port: 'metrics', relabelings: nodeAs('node', 'instance') },
    ]);
  });

  it('about others keeps their labels', () => {
    expect(endpoints([{ port: 'metrics', about: 'others' }, { port: 'http' }])).toEqual([
      { port: 'metrics', honorLabels: true },
      { port: 'http', relabelings: nodeAs('node') },
    ]);
  });

  it('with TLS and a review of tokens is of the class that has the token', () => {
    const { objects } = scraped(new Sample('shop', { workloads: { server: { port: 'metrics', tokenOverTls: true } } }));
    expect(monitors(objects)[0]?.spec).toMatchObject({
      scrapeClass: 'token-over-tls',
      podMetricsEndpoints: [{ port: 'metrics', scheme: 'https' }],
    });
    expect(
      at(monitors(scraped(new Sample('a', { workloads: { server: { port: 'http' } } })).objects)[0], 'spec'),
    ).not.toHaveProperty('scrapeClass');
  });

  it('never gets the token without TLS', () => {
    const mixed = new Sample('shop', {
      workloads: { server: [{ port: 'metrics', tokenOverTls: true }, { port: 'http' }] },
    });
    expect(() => scraped(mixed)).toThrow('shop serves metrics both with TLS and a review of tokens, and without');
  });
});

it('pods of a controller have a PodMonitor as those of a workload', () => {
  const labels = { app: 'operated' };
  const { objects, egress } = scraped(
    new Sample('shop', { pods: [{ name: 'operated', labels, metrics: [{ port: 'web' }] }] }),
  );
  expect(monitors(objects)).toMatchObject([
    { metadata: { name: 'operated' }, spec: { selector: { matchLabels: labels } } },
  ]);
  expect(egress).toMatchObject([{ ports: [{ port: 9000 }] }]);
});

describe('a program that no manifest here has', () => {
  const { objects, egress } = scraped(
    new Sample('shop', { programs: [{ name: 'argocd-server', namespace: 'argocd', port: 8083 }] }),
  );

  it('is found by its label and port, and has the labels that a PodMonitor would give it', () => {
    const config = objects.find(({ kind }) => kind === 'ScrapeConfig');
    expect(config?.metadata.name).toBe('argocd-server');
    expect(at(config, 'spec', 'kubernetesSDConfigs')).toEqual([
      {
        role: 'Pod',
        namespaces: { names: ['argocd'] },
        selectors: [{ role: 'Pod', label: 'app.kubernetes.io/name=argocd-server' }],
      },
    ]);
    expect(listAt(config, 'spec', 'relabelings')).toEqual(
      expect.arrayContaining([
        { action: 'Keep', sourceLabels: ['__meta_kubernetes_pod_container_port_number'], regex: '8083' },
        { targetLabel: 'job', replacement: 'argocd/argocd-server' },
        { targetLabel: 'namespace', replacement: 'argocd' },
        { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'pod' },
      ]),
    );
    expect(monitors(objects)).toEqual([]);
  });

  it('is called by the server', () => {
    expect(egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'argocd' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'argocd-server' } },
          },
        ],
        ports: [{ port: 8083, protocol: 'TCP' }],
      },
    ]);
  });
});
