import { relative } from 'node:path';
import { z } from 'zod';
import { type FleetOverview, fleetSchema } from '../../charts/fleet/overview/model.ts';
import { overviewOf } from '../../charts/fleet/overview/overview.ts';
import { TreeSnapshot } from '../../charts/plan/snapshot.ts';
import { Git } from '../git.ts';
import { NO_CLUSTER } from '../plan/plan.ts';
import type { Workspace } from '../synth.ts';
import { select } from '../unknown.ts';
import { type Clusters, clustersOf, clustersOnDisk } from './trees.ts';

/** What all clusters or some run, ask for and serve, read from dist alone; with a base, also what they did there. */
export function fleetOf({ root, dist }: Workspace, names: readonly string[], base?: string): FleetOverview {
  const now = clustersOnDisk(dist);
  const before = base === undefined ? undefined : atBase(root, relative(root, dist), base);
  // What both have; one that is new or gone is empty on the other side.
  const known = [...new Set([...now.keys(), ...(before?.clusters.keys() ?? [])])].toSorted();
  const wanted = select(NO_CLUSTER, known, names);
  const overviews = (clusters: Clusters) =>
    wanted.map((name) => overviewOf(name, new TreeSnapshot(clusters.get(name) ?? [])));
  return {
    version: 1,
    clusters: overviews(now),
    ...(before && { base: { commit: before.commit, clusters: overviews(before.clusters) } }),
  };
}

/** Where this history left the base, as in a plan. */
function atBase(root: string, dist: string, base: string): { readonly commit: string; readonly clusters: Clusters } {
  const git = Git.open(root);
  const commit = git.mergeBase(git.commit(base), git.commit('HEAD'));
  return { commit: git.short(commit), clusters: clustersOf(git, commit, dist) };
}

/** The text of `docs/fleet.schema.json`. */
export function fleetJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(fleetSchema, { reused: 'ref' }), null, 2)}\n`;
}
