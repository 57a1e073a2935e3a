import { type Cluster, clusterSchema } from '../../charts/cluster-file.ts';
import { type Pin, Pins } from '../../charts/pins.ts';
import { ringOf } from '../../charts/rings.ts';
import { pinFilesOf } from '../../cli/pin-files.ts';
import { loadRings } from '../../cli/rings.ts';
import { importerOf, loadTestFleet, TEST_FLEETS } from './load-fleet.ts';

/** What the grown cluster has; one of the hosts is Grafana's. That of Postfacto is not counted, since a fork may have none. */
export const GROWN = { services: 60, hosts: 101, tenants: 4, hostsOfATenant: 10, hostsElsewhere: 40 } as const;

/** Has every section. */
const MODEL = 'test-eks';
const RINGS = await loadRings(TEST_FLEETS, importerOf(TEST_FLEETS));

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
/** Two digits, so that names sort by number. */
const numbered = (name: string, i: number): string => `${name}-${String(i).padStart(2, '0')}`;

/**
 * A cluster as it is after years: sixty services, most with a database, and a hundred hosts, of services and of tenants,
 * forty of them outside the cluster's domain. Made by code from a cluster of the product tests.
 */
export async function grownCluster(): Promise<Cluster> {
  const model = (await loadTestFleet()).find(({ name }) => name === MODEL);
  if (!model) throw new Error(`test/fleets has no cluster ${MODEL}`);
  const services = range(GROWN.services).map((i) => [
    numbered('service', i),
    {
      ...(i % 4 === 0 ? {} : { database: 'mongo' }),
      ...(i % 3 === 0 ? { host: `${numbered('service', i)}.example.org` } : {}),
      replicas: { min: 2, max: 6 },
    },
  ]);
  const tenants = range(GROWN.tenants).map((i) => {
    const name = numbered('team', i);
    return [
      name,
      {
        repositories: [`https://github.com/example/${name}.git`],
        quota: { cpu: '8', memory: '16Gi', pods: 50 },
        hosts: range(GROWN.hostsOfATenant).map((host) =>
          host % 2 === 0 ? `${name}-${host}.${model.settings.domain}` : `${name}-${host}.example.org`,
        ),
      },
    ];
  });
  const settings = clusterSchema.parse({
    ...model.settings,
    services: Object.fromEntries(services) as object,
    tenants: Object.fromEntries(tenants) as object,
  });
  return { ...model, name: 'grown', settings, pins: pinsFor(model, Object.keys(settings.services)) };
}

function pinsFor(model: Cluster, services: readonly string[]): Pins {
  const image = (name: string): Pin => ({ datasource: 'docker', packageName: `example.com/${name}`, version: '1.0.0' });
  const ofServices = services.map((name) => ({
    component: name,
    file: `pins/${name}.json`,
    pins: { [name]: image(name) },
  }));
  const others = pinFilesOf(TEST_FLEETS, ringOf(RINGS, model.name).name);
  return new Pins({ folder: 'pins', files: [...others, ...ofServices] });
}
