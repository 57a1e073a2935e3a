import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, suggest, throwIfAny } from '../../charts/fault.ts';
import type { Ring } from '../../charts/rings.ts';
import { chooseClusters } from '../cluster-folders.ts';

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
  if ((where.cluster === undefined) === (where.ring === undefined))
    throw new Fault({
      what: 'it is not said where',
      where: 'the command line',
      fix: 'write --cluster CLUSTER, or --ring RING for all clusters of one',
    });
  const names = where.cluster === undefined ? clustersIn(rings, where.ring ?? '') : [where.cluster];
  const clusters = chooseClusters(root, names);
  const running = clusters.filter((cluster) => existsSync(join(root, 'dist', cluster, component)));
  const known = [...new Set(clusters.flatMap((cluster) => componentsIn(root, cluster)))].toSorted();
  throwIfAny(
    running.length > 0
      ? []
      : [
          {
            what: `${clusters.join(', ')} ${clusters.length === 1 ? 'has' : 'have'} no component "${component}"`,
            where: 'the command line',
            seen: component,
            fix: suggest(component, known),
          },
        ],
  );
  return running;
}

function clustersIn(rings: readonly Ring[], name: string): readonly string[] {
  const ring = rings.find((one) => one.name === name);
  if (ring) return ring.clusters;
  throw new Fault({
    what: `there is no ring "${name}"`,
    where: 'the command line',
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
    entry.isDirectory() && entry.name !== 'applications' ? [entry.name] : [],
  );
}
