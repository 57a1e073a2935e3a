import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../lib/manifest.ts';
import { snapshotOf } from '../../../test/lib/snapshot-of.ts';
import {
  application,
  autoscaler,
  claim,
  deployment,
  gateway,
  listener,
  object,
  route,
  statefulSet,
  template,
} from '../../../test/plan/objects.ts';
import type { ClusterOverview } from './model.ts';
import { overviewOf } from './overview.ts';
import { NONE } from './pod-requests.ts';

const GI = 2 ** 30;
const MI = 2 ** 20;

const overview = (...objects: readonly Manifest[]): ClusterOverview =>
  overviewOf('test', snapshotOf(objects.map((manifest) => ({ manifest, application: 'app' }))));

const asks = (cpu: string, memory: string, limit = memory) => ({
  resources: { requests: { cpu, memory }, limits: { memory: limit } },
});

describe('what a cluster asks for', () => {
  it('is the sum over the pods of its workloads', () => {
    const { totals, components } = overview(
      deployment(asks('100m', '256Mi', '1Gi')),
      statefulSet({ template: template(asks('1.5', '2Gi')) }),
      object('apps/v1', 'DaemonSet', { spec: { template: template(asks('20m', '64Mi')) } }),
    );
    expect(totals).toEqual({
      // 3 × 100m + 3 × 1500m; 3 × 256Mi + 3 × 2Gi; 3 × 1Gi + 3 × 2Gi
      running: {
        pods: 6,
        cpuMillicores: 4800,
        memoryBytes: 7_247_757_312,
        memoryLimitBytes: 9_663_676_416,
        podsWithoutMemoryLimit: 0,
      },
      perNode: {
        pods: 1,
        cpuMillicores: 20,
        memoryBytes: 64 * MI,
        memoryLimitBytes: 64 * MI,
        podsWithoutMemoryLimit: 0,
      },
      jobs: NONE,
      volumes: [{ storageClass: '', volumes: 3, bytes: 32_212_254_720 }],
    });
    expect(components).toMatchObject([{ name: 'app', ...totals }]);
  });

  it('is summed over components, and shown by them', () => {
    const placed = (name: string, manifest: Manifest) => ({ manifest, application: name });
    const { components, totals } = overviewOf(
      'test',
      snapshotOf([placed('b', deployment(asks('1', '1Gi'))), placed('a', statefulSet({ replicas: 1 }))]),
    );
    expect(components.map(({ name, running: { pods } }) => [name, pods])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
    expect(totals.running).toMatchObject({
      pods: 4,
      cpuMillicores: 3000,
      memoryBytes: 3 * GI,
      podsWithoutMemoryLimit: 1,
    });
  });

  it.each<[string, Manifest[], Partial<ClusterOverview['totals']['running']>]>([
    [
      'the minimum of an autoscaler',
      [deployment(asks('1', '1Gi')), autoscaler(2, 9)],
      { pods: 2, cpuMillicores: 2000 },
    ],
    ['nothing of a workload without replicas', [deployment(asks('1', '1Gi'), { replicas: 0 })], NONE],
    ['one replica if none is said', [deployment(asks('1', '1Gi'), { replicas: undefined })], { pods: 1 }],
    [
      'limits where no request is said',
      [deployment({ resources: { limits: { cpu: '250m', memory: '1Gi' } } }, { replicas: 1 })],
      { cpuMillicores: 250, memoryBytes: GI, memoryLimitBytes: GI },
    ],
    [
      'all containers, and which pods have one without a limit',
      [
        deployment(
          {},
          { replicas: 2 },
          {
            containers: [
              { name: 'a', ...asks('1', '1Gi') },
              { name: 'b', resources: { requests: { memory: '1Gi' } } },
            ],
          },
        ),
      ],
      { cpuMillicores: 2000, memoryBytes: 4 * GI, memoryLimitBytes: 0, podsWithoutMemoryLimit: 2 },
    ],
    [
      'an init container that asks for more than all containers',
      [deployment(asks('100m', '1Gi'), { replicas: 1 }, { initContainers: [{ name: 'init', ...asks('2', '512Mi') }] })],
      { cpuMillicores: 2000, memoryBytes: GI },
    ],
    [
      'sidecars beside containers, and beside init containers after them',
      [
        deployment(
          asks('100m', '1Gi'),
          { replicas: 1 },
          {
            initContainers: [
              { name: 'before', ...asks('500m', '1Gi') },
              { name: 'sidecar', restartPolicy: 'Always', ...asks('200m', '1Gi') },
              { name: 'after', ...asks('400m', '2Gi') },
            ],
          },
        ),
      ],
      { cpuMillicores: 600, memoryBytes: 3 * GI },
    ],
    [
      'what the pod as a whole says, and the overhead of its runtime',
      [
        deployment(
          asks('1', '1Gi'),
          { replicas: 1 },
          { ...asks('300m', '2Gi'), overhead: { cpu: '50m', memory: '1Gi' } },
        ),
      ],
      { cpuMillicores: 350, memoryBytes: 3 * GI, memoryLimitBytes: 3 * GI },
    ],
    ['CPU rounded up to thousandths', [deployment(asks('0.0001', '1Gi'), { replicas: 1 })], { cpuMillicores: 1 }],
    ['CPU that is not exact in binary', [deployment(asks('0.07', '1Gi'), { replicas: 1 })], { cpuMillicores: 70 }],
    ['sizes without a unit', [deployment(asks('1', '1000'), { replicas: 1 })], { memoryBytes: 1000 }],
  ])('takes %s', (_, objects, running) => {
    expect(overview(...objects).totals.running).toMatchObject(running);
  });

  it('keeps jobs apart, with as many pods as run at once', () => {
    const jobs = overview(
      object('batch/v1', 'Job', { spec: { parallelism: 2, template: template(asks('1', '1Gi')) } }),
      object('batch/v1', 'CronJob', {
        spec: { schedule: '0 1 * * *', jobTemplate: { spec: { template: template(asks('500m', '1Gi')) } } },
      }),
    ).totals;
    expect(jobs.jobs).toMatchObject({ pods: 3, cpuMillicores: 2500, memoryBytes: 3 * GI });
    expect(jobs.running).toEqual(NONE);
  });

  it('has the pods that the Prometheus Operator makes, with its sidecar', () => {
    const server = object('monitoring.coreos.com/v1', 'Prometheus', {
      spec: {
        replicas: 2,
        image: 'quay.io/prometheus/prometheus:v3.0.0',
        ...asks('200m', '2Gi'),
        containers: [
          { name: 'proxy', ...asks('50m', '64Mi') },
          { name: 'prometheus', args: [] },
        ],
      },
    });
    const operator = deployment(
      {
        args: [
          '--prometheus-config-reloader=quay.io/x/reloader:v1',
          '--config-reloader-cpu-request=10m',
          '--config-reloader-memory-request=50Mi',
          '--config-reloader-memory-limit=50Mi',
        ],
      },
      { replicas: 0 },
    );
    expect(overview(server).totals.running).toMatchObject({
      pods: 2,
      cpuMillicores: 500,
      memoryBytes: 2 * (2048 + 64) * MI,
    });
    expect(overview(server, operator).totals.running).toMatchObject({
      pods: 2,
      cpuMillicores: 520,
      memoryBytes: 2 * (2048 + 64 + 50) * MI,
      podsWithoutMemoryLimit: 0,
    });
  });

  it('cannot be said of a quantity that is none', () => {
    expect(() => overview(deployment(asks('much', '1Gi')))).toThrow(/Deployment app\/app[^]*much/);
  });
});

describe('volumes', () => {
  it('are the rendered claims, and of the templates only those that are not rendered', () => {
    // data-app-0 is rendered with 20Gi; data-app-1 and -2 come from the template of 10Gi.
    expect(overview(statefulSet(), claim('20Gi')).totals.volumes).toEqual([
      { storageClass: '', volumes: 2, bytes: 20 * GI },
      { storageClass: 'disk', volumes: 1, bytes: 20 * GI },
    ]);
  });

  it('are as many as an autoscaler keeps at least', () => {
    const scaler = autoscaler(2, 5);
    const target = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'app' };
    const scaled = { ...scaler, spec: { ...(scaler['spec'] as object), scaleTargetRef: target } };
    expect(overview(statefulSet(), scaled).totals.volumes).toMatchObject([{ volumes: 2 }]);
  });
});

describe('versions', () => {
  const images = (...objects: readonly Manifest[]) => {
    const [component] = overview(...objects).components;
    return { image: component?.image, images: component?.images };
  };
  const pods = (kind: string, name: string, ...all: readonly string[]): Manifest =>
    object(
      kind === 'Job' ? 'batch/v1' : 'apps/v1',
      kind,
      { spec: { template: { spec: { containers: all.map((image, i) => ({ name: `c${i}`, image })) } } } },
      { name },
    );

  it('are by the name of the image, with tag and digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(images(pods('Deployment', 'app', 'mongo:8', `ghcr.io/x/exporter@${digest}`))).toEqual({
      image: 'docker.io/library/mongo',
      images: [
        { name: 'docker.io/library/mongo', tag: '8' },
        { name: 'ghcr.io/x/exporter', digest },
      ],
    });
  });

  it.each<[string, Manifest[], string | undefined]>([
    [
      'that all main containers have',
      [pods('Deployment', 'a', 'x/main:1', 'x/side:2'), pods('StatefulSet', 'b', 'x/main:2')],
      'docker.io/x/main',
    ],
    [
      'of the workload with the name of the component',
      [pods('Deployment', 'app', 'x/a:1'), pods('Deployment', 'b', 'x/b:1')],
      'docker.io/x/a',
    ],
    [
      'with the name of the component',
      [pods('Deployment', 'a', 'x/a:1'), pods('Deployment', 'b', 'x/app:1')],
      'docker.io/x/app',
    ],
    [
      'of no job if something else runs',
      [pods('Job', 'app', 'x/job:1'), pods('Deployment', 'b', 'x/b:1')],
      'docker.io/x/b',
    ],
    ['of a job if nothing else runs', [pods('Job', 'x', 'x/job:1')], 'docker.io/x/job'],
    ['of none if there are several', [pods('Deployment', 'a', 'x/a:1'), pods('Deployment', 'b', 'x/b:1')], undefined],
  ])('have as main image the one %s', (_, objects, image) => {
    expect(images(...objects).image).toBe(image);
  });

  it('of definitions are those of their repositories', () => {
    const source = { repoURL: 'https://github.com/x/y.git', targetRevision: 'abc', path: 'config/crd' };
    const crds = application({ source, info: [{ name: 'Version', value: 'v1.2.3' }] }, { name: 'y-crds' });
    const own = application({}, { name: 'app' });
    expect(overview(crds, own).components.map(({ name, upstream }) => [name, upstream])).toEqual([
      ['app', []],
      ['y-crds', [{ repository: 'https://github.com/x/y', revision: 'abc', version: 'v1.2.3' }]],
    ]);
  });
});

describe('what a cluster serves', () => {
  it.each<[string, Manifest[], string[]]>([
    [
      'the hosts of a route',
      [route({ hostnames: ['b.example.com', 'a.example.com'] })],
      ['a.example.com', 'b.example.com'],
    ],
    [
      'those of its listener, of a route without any',
      [route({ hostnames: undefined }), gateway(listener('app'), listener('b'))],
      ['app.example.com'],
    ],
    [
      'those of an Ingress',
      [object('networking.k8s.io/v1', 'Ingress', { spec: { rules: [{ host: 'c.example.com' }, {}] } })],
      ['c.example.com'],
    ],
    [
      'none of a probe',
      [
        object('monitoring.coreos.com/v1', 'Probe', {
          spec: { targets: { staticConfig: { static: ['https://p.example.com'] } } },
        }),
      ],
      [],
    ],
  ])('has %s', (_, objects, hosts) => {
    expect(overview(...objects).hosts.map(({ host }) => host)).toEqual(hosts);
  });

  it('has certificates and schedules', () => {
    const issuerRef = { kind: 'ClusterIssuer', name: 'acme' };
    const found = overview(
      object('cert-manager.io/v1', 'Certificate', { spec: { dnsNames: ['a.example.com'], issuerRef } }),
      object('velero.io/v1', 'Schedule', {
        spec: { schedule: '0 2 * * *', paused: true, template: { ttl: '72h0m0s' } },
      }),
      object('batch/v1', 'CronJob', { spec: { schedule: '@daily', timeZone: 'Etc/UTC', jobTemplate: {} } }),
    );
    expect(found.certificates).toEqual([
      { application: 'app', object: 'Certificate app/app', dnsNames: ['a.example.com'], issuer: 'ClusterIssuer acme' },
    ]);
    expect(found.schedules).toEqual([
      { application: 'app', object: 'CronJob app/app', cron: '@daily', timeZone: 'Etc/UTC', suspended: false },
      { application: 'app', object: 'Schedule app/app', cron: '0 2 * * *', ttl: '72h0m0s', suspended: true },
    ]);
  });
});
