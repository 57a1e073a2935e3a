import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, type Problem } from '../../charts/fault.ts';
import { type HeldFiles, type Hold, holdsSchema, sha256OfFiles } from '../../charts/holds.ts';
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

/**
 * The files of held components, from the committed dist.
 *
 * @throws Fault for each component whose files are not those that are held
 */
export function heldFiles(root: string, cluster: string): Map<string, HeldFiles> {
  return new Map(
    Object.entries(holdsOf(root, cluster)).map(([component, { commit, sha256 }]) => {
      const files = filesOfComponent(root, cluster, component);
      if (sha256OfFiles(files) === sha256) return [component, files];
      const folder = `dist/${cluster}/${component}`;
      throw new Fault({
        what: `${component} is held, but ${folder} is not what is held`,
        file: holdsFile(cluster),
        seen: files.size === 0 ? 'no files' : `${files.size} files with another SHA-256`,
        fix: `restore it: rm -r ${folder}; git checkout ${commit.slice(0, 10)} -- ${folder}; or end the hold: slipway release ${component} --cluster ${cluster}`,
      });
    }),
  );
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
