import { ROOT } from '../../lib/argo.ts';
import type { Snapshot } from '../../plan/change.ts';
import type { ClusterOverview, ComponentOverview, Footprint } from './model.ts';
import { sumOf } from './pod-requests.ts';
import { certificatesIn, hostsIn, schedulesIn } from './served.ts';
import { imagesOf, mainImage, upstreamOf } from './versions.ts';
import { sumOfVolumes, volumesIn } from './volumes.ts';
import { type Workload, workloadsIn } from './workloads.ts';

/** What a cluster runs, asks for and serves. Only objects of the kinds that say so are read. */
export function overviewOf(name: string, snapshot: Snapshot): ClusterOverview {
  const components = componentsOf(name, snapshot);
  return {
    name,
    components,
    hosts: hostsIn(snapshot),
    certificates: certificatesIn(snapshot),
    schedules: schedulesIn(snapshot),
    totals: footprintOf(components),
  };
}

function componentsOf(cluster: string, snapshot: Snapshot): ComponentOverview[] {
  const applications = new Map(
    snapshot.ofKind('Application').map(({ manifest }) => [manifest.metadata.name, manifest]),
  );
  const [workloads, volumes] = [workloadsIn(snapshot), volumesIn(snapshot)];
  const names = new Set([...applications.keys(), ...[...workloads, ...volumes].map(({ application }) => application)]);
  return [...names]
    .filter((name) => name !== ROOT)
    .toSorted()
    .map((name) => {
      const application = applications.get(name);
      const own = workloads.filter((one) => one.application === name);
      const image = mainImage(name, own);
      return {
        name,
        ...(image !== undefined && { image }),
        images: imagesOf(own),
        upstream: application ? upstreamOf(application, cluster) : [],
        ...requestsOf(own),
        volumes: sumOfVolumes(volumes.filter((one) => one.application === name)),
      };
    });
}

function requestsOf(workloads: readonly Workload[]): Omit<Footprint, 'volumes'> {
  const of = (wanted: Workload['life']) =>
    sumOf(workloads.filter(({ life }) => life === wanted).map(({ requests }) => requests));
  return { running: of('running'), perNode: of('perNode'), jobs: of('jobs') };
}

function footprintOf(components: readonly ComponentOverview[]): Footprint {
  return {
    running: sumOf(components.map(({ running }) => running)),
    perNode: sumOf(components.map(({ perNode }) => perNode)),
    jobs: sumOf(components.map(({ jobs }) => jobs)),
    volumes: sumOfVolumes(components.flatMap(({ volumes }) => volumes)),
  };
}
