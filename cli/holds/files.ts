import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../charts/fault.ts';
import { type Held, type HeldFiles, type Hold, holdsSchema } from '../../charts/holds.ts';
import { checkJson } from '../check.ts';
import { filesBelow } from '../dist.ts';

/** What a cluster holds: its path from the repository's root. */
export function holdsFile(cluster: string): string {
  return `clusters/${cluster}/holds.json`;
}

/** A cluster's holds by component; none without the file. @throws Fault if the file is invalid */
export function holdsOf(root: string, cluster: string): Readonly<Record<string, Hold>> {
  const file = holdsFile(cluster);
  return existsSync(join(root, file)) ? checkJson(holdsSchema, file, root) : {};
}

/** What a cluster holds, with the files of the committed dist; undefined without holds. @throws Fault if the file is invalid */
export function heldOf(root: string, cluster: string): Held | undefined {
  const holds = Object.entries(holdsOf(root, cluster));
  if (holds.length === 0) return undefined;
  return {
    cluster,
    file: holdsFile(cluster),
    byComponent: new Map(
      holds.map(([component, hold]) => [component, { hold, files: filesOfComponent(root, cluster, component) }]),
    ),
  };
}

/** The texts of a component's files in dist, by path below the cluster's folder. */
export function filesOfComponent(root: string, cluster: string, component: string): HeldFiles {
  const folder = join(root, 'dist', cluster);
  return new Map(filesBelow(folder, component).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The holds of a cluster whose last day is past. @param today as `2026-12-31` */
export function holdsOver(root: string, cluster: string, today: string): Problem[] {
  return Object.entries(holdsOf(root, cluster))
    .filter(([, { until }]) => until < today)
    .map(([component, { until, by, because }]) => ({
      what: `the hold of ${component}, by ${by}, is over since ${until}: ${because}`,
      file: holdsFile(cluster),
      seen: `today is ${today}`,
      fix: `slipway release ${component} --cluster ${cluster}; or give it a later end there`,
    }));
}
