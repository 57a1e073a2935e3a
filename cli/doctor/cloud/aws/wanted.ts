import { z } from 'zod';
import { overviewOf } from '../../../../charts/fleet/overview/overview.ts';
import { TreeSnapshot } from '../../../../charts/plan/snapshot.ts';
import { clustersOnDisk } from '../../../fleet/trees.ts';
import { blockOf, read, type Root } from '../terraform.ts';

/** What an Auto Mode cluster begins with: a node of four CPUs in each of three zones. docs/runbooks/costs.md has the same. */
export const FIRST_CPUS = 12;

const inputsSchema = z.object({
  nat_per_zone: z.boolean(),
  images: z.array(z.string()),
  backups: z.object({ replica_region: z.string().nullish() }),
});
const zonesSchema = z.object({ exclude_zone_ids: z.array(z.string()) });
const localsSchema = z.object({ zones: z.string().regex(/^\$\{slice\(sort\(.*\), 0, \d+\)\}$/) });

/** What a root asks of a region of AWS. */
export interface Wanted {
  readonly region: string;
  readonly replicaRegion: string | undefined;
  readonly zones: { readonly count: number; readonly without: readonly string[] };
  readonly addresses: number;
  /** Images that have a repository in the registry. */
  readonly images: readonly string[];
  /** CPUs of nodes to begin with. */
  readonly cpus: number;
}

/** @throws Fault for an input that is an expression */
export function wantedOf(root: Root, dist: string): Wanted {
  const folder = `bootstrap/roots/${root.cluster}`;
  const { nat_per_zone, images, backups } = read(inputsSchema, root.inputs, `${folder}/main.tf`);
  const provider = root.folders[0]?.providers.get('aws');
  const { region } = read(z.object({ region: z.string() }), provider, `${folder}/versions.tf`);
  const network = 'bootstrap/modules/network-aws/main.tf';
  const { exclude_zone_ids: without } = read(zonesSchema, blockOf(root, 'aws_availability_zones', 'data'), network);
  const locals = root.folders.find(({ name }) => name === 'network-aws')?.locals;
  const { zones } = read(localsSchema, locals, network);
  const count = Number(/(\d+)\)\}$/.exec(zones)?.[1]);
  return {
    region,
    replicaRegion: backups.replica_region ?? undefined,
    zones: { count, without },
    addresses: nat_per_zone ? count : 1,
    images,
    cpus: Math.max(FIRST_CPUS, requestedIn(dist, root.cluster)),
  };
}

/** CPUs that all pods of a rendered cluster ask for. */
function requestedIn(dist: string, cluster: string): number {
  const rendered = new TreeSnapshot(clustersOnDisk(dist).get(cluster) ?? []);
  return Math.ceil(overviewOf(cluster, rendered).totals.running.cpuMillicores / 1000);
}
