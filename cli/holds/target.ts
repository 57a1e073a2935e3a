import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, suggest } from '../../charts/fault.ts';
import type { Ring } from '../../charts/rings.ts';
import { chooseClusters } from '../cluster-folders.ts';
import { MISUSE } from '../unknown.ts';

/** The folder beside those of components. */
const APPLICATIONS = 'applications';

/** Where something is done: in one cluster, or in a ring. */
export interface Where {
  readonly cluster?: string;
  readonly ring?: string;
}

/**
 * The clusters that are meant, of those that run a component.
 *
 * @throws Fault for an unknown cluster or ring, and if none of them runs the component
 */
export function clustersOf(root: string, rings: readonly Ring[], component: string, where: Where): string[] {
  const clusters = clustersAt(root, rings, where);
  const running = clusters.filter((cluster) => componentsIn(root, cluster).includes(component));
  if (running.length > 0) return running;
  const have = `${clusters.join(', ')} ${clusters.length === 1 ? 'has' : 'have'}`;
  const known = [...new Set(clusters.flatMap((cluster) => componentsIn(root, cluster)))].toSorted();
  throw new Fault(
    clusters.some((cluster) => existsSync(join(root, 'dist', cluster, APPLICATIONS, `Application.${component}.yaml`)))
      ? {
          what: `${have} no objects of ${component} in dist`,
          ...MISUSE,
          fix: 'Argo CD fetches it from another repository: give it another version, by its pins or an exception',
        }
      : {
          what: `${have} no component "${component}"`,
          ...MISUSE,
          seen: component,
          fix: suggest(component, known),
        },
  );
}

/** The clusters that are meant. @throws Fault for an unknown cluster or ring, and for none or two of them */
export function clustersAt(root: string, rings: readonly Ring[], { cluster, ring }: Where): string[] {
  if ((cluster === undefined) === (ring === undefined))
    throw new Fault({
      what: 'it is not clear where: one of --cluster and --ring says it',
      ...MISUSE,
      seen: cluster === undefined ? 'neither' : 'both',
      fix: 'write --cluster CLUSTER, or --ring RING for all clusters of one',
    });
  return chooseClusters(root, cluster === undefined ? clustersIn(rings, ring ?? '') : [cluster]);
}

function clustersIn(rings: readonly Ring[], name: string): readonly string[] {
  const ring = rings.find((one) => one.name === name);
  if (ring) return ring.clusters;
  throw new Fault({
    what: `there is no ring "${name}"`,
    ...MISUSE,
    seen: name,
    fix: suggest(
      name,
      rings.map((one) => one.name),
    ),
  });
}

function componentsIn(root: string, cluster: string): string[] {
  const folder = join(root, 'dist', cluster);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name !== APPLICATIONS ? [entry.name] : [],
  );
}
