import { beforeAll, describe, expect, it } from 'vitest';
import type { ClusterOverview } from '../../charts/fleet/overview/model.ts';
import { overviewOf } from '../../charts/fleet/overview/overview.ts';
import { at, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { anyBytesOf } from '../../charts/lib/quantity.ts';
import { APPLICATIONS, type ClusterObjects, ofKind } from '../lib/cluster-objects.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import { snapshotOf } from '../lib/snapshot-of.ts';

/** All clusters are rendered, once. */
const RENDER_MS = 60_000;

let clusters: readonly { readonly objects: ClusterObjects; readonly overview: ClusterOverview }[];

beforeAll(async () => {
  clusters = (await renderTestFleet()).map((cluster) => ({
    objects: cluster,
    overview: overviewOf(
      cluster.name,
      snapshotOf(
        cluster.objects.map(({ manifest, component }) => ({
          manifest,
          application: component === APPLICATIONS ? 'root' : component,
        })),
      ),
    ),
  }));
}, RENDER_MS);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** The pods of rendered workloads; their autoscalers scale Deployments by their own names. */
function podsOf(cluster: ClusterObjects, workload: Manifest): number {
  const scaler = ofKind(cluster, 'HorizontalPodAutoscaler').find(
    ({ metadata, spec }) =>
      metadata.namespace === workload.metadata.namespace &&
      textAt(spec, 'scaleTargetRef', 'name') === workload.metadata.name,
  );
  return Number(at(scaler, 'spec', 'minReplicas') ?? at(workload, 'spec', 'replicas') ?? 1);
}

describe('every rendered cluster of the tests', () => {
  it('runs each component that it has an Application for, with the pods that it renders', () => {
    for (const { objects, overview } of clusters) {
      const applications = ofKind(objects, 'Application').map(({ metadata }) => metadata.name);
      // The root syncs the other Applications, and runs nothing.
      expect(overview.components.map(({ name }) => name)).toEqual(
        applications.filter((one) => one !== 'root').toSorted(),
      );
      const workloads = ofKind(objects, 'Deployment', 'StatefulSet', 'Prometheus', 'Alertmanager');
      expect(overview.totals.running.pods).toBe(sum(workloads.map((one) => podsOf(objects, one))));
      expect(overview.totals.perNode.pods).toBe(ofKind(objects, 'DaemonSet').length);
      expect(overview.totals.jobs.pods).toBe(ofKind(objects, 'Job', 'CronJob').length);
    }
    expect(sum(clusters.map(({ overview }) => overview.totals.running.pods))).toBeGreaterThan(50);
  });

  it('asks for the memory that its containers ask for, all of it limited', () => {
    for (const { objects, overview } of clusters) {
      // No rendered init container asks for more than the containers; servers are the operator's, with its sidecar.
      const [workloads, servers] = [
        ofKind(objects, 'Deployment', 'StatefulSet'),
        ofKind(objects, 'Prometheus', 'Alertmanager'),
      ];
      const reloader = ofKind(objects, 'Deployment')
        .flatMap(({ spec }) => listAt(spec, 'template', 'spec', 'containers', 0, 'args').map(String))
        .find((arg) => arg.startsWith('--config-reloader-memory-request='));
      const ofServers = servers.map(
        (one) => podsOf(objects, one) * (memoryOf(one['spec']) + anyBytesOf(reloader?.split('=')[1] ?? 'none')),
      );
      const ofWorkloads = workloads.map(
        (one) => podsOf(objects, one) * sum(listAt(one, 'spec', 'template', 'spec', 'containers').map(memoryOf)),
      );
      const { running, perNode, jobs } = overview.totals;
      expect(running.memoryBytes).toBe(sum([...ofWorkloads, ...ofServers]));
      expect(sum([running, perNode, jobs].map((one) => one.podsWithoutMemoryLimit))).toBe(0);
    }
  });

  it('has the volumes of its claims, which are all rendered', () => {
    for (const { objects, overview } of clusters) {
      const claims = ofKind(objects, 'PersistentVolumeClaim');
      const sizes = claims.map(({ spec }) => anyBytesOf(textAt(spec, 'resources', 'requests', 'storage') ?? ''));
      expect(sum(overview.totals.volumes.map(({ volumes }) => volumes))).toBe(claims.length);
      expect(sum(overview.totals.volumes.map(({ bytes }) => bytes))).toBe(sum(sizes));
    }
    expect(clusters.some(({ overview }) => overview.totals.volumes.length > 0)).toBe(true);
  });

  it('has a host of each route, its certificates and its backups', () => {
    for (const { objects, overview } of clusters) {
      const hosts = ofKind(objects, 'HTTPRoute').flatMap(({ spec }) => listAt(spec, 'hostnames').map(String));
      expect(overview.hosts.map(({ host }) => host)).toEqual(hosts.toSorted());
      expect(overview.certificates).toHaveLength(ofKind(objects, 'Certificate').length);
      expect(overview.schedules).toHaveLength(ofKind(objects, 'Schedule', 'CronJob').length);
    }
  });

  it('has a version of each component with pods that run', () => {
    const without = clusters.flatMap(({ overview }) =>
      overview.components.filter(
        ({ running, perNode, image }) => running.pods + perNode.pods > 0 && image === undefined,
      ),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});

function memoryOf(container: unknown): number {
  return anyBytesOf(String(at(container, 'resources', 'requests', 'memory')));
}
