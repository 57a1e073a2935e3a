import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import type { DistFile } from '../../charts/plan/snapshot.ts';
import type { Git } from '../git.ts';
import { objectIn } from '../plan/manifests.ts';

/** The files of each cluster that dist has, as Argo CD reads them: those in folders. */
export type Clusters = ReadonlyMap<string, readonly DistFile[]>;

/** Clusters as they are on disk: no Git is asked. @throws Fault if there is no dist */
export function clustersOnDisk(dist: string): Clusters {
  if (!existsSync(dist))
    throw new Fault({ what: 'there is no dist to read', where: dist, fix: 'render it: npm run synth' });
  return new Map(
    foldersIn(dist).map((cluster) => [
      cluster,
      foldersIn(join(dist, cluster)).flatMap((component) =>
        readdirSync(join(dist, cluster, component))
          .filter((name) => name.endsWith('.yaml'))
          .toSorted()
          .map((name): DistFile => {
            const file = join(dist, cluster, component, name);
            return { path: `${component}/${name}`, manifest: () => objectIn(readFileSync(file, 'utf8'), file) };
          }),
      ),
    ]),
  );
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/**
 * Clusters of a commit. All files are read in one go.
 *
 * @param dist the folder of rendered files, relative to the repository's
 */
export function clustersOf(git: Git, commit: string, dist: string): Clusters {
  const files = git.files(commit, [dist]);
  const clusters = new Map<string, DistFile[]>();
  let texts: Map<string, string> | undefined;
  for (const { path, sha } of files) {
    const [cluster = '', ...rest] = path.slice(dist.length + 1).split('/');
    if (rest.length === 0) continue;
    const known = clusters.get(cluster) ?? [];
    // Beside the folders is what Terraform reads; a cluster without facts has nothing else.
    clusters.set(cluster, known);
    if (rest.length !== 2 || !path.endsWith('.yaml')) continue;
    known.push({
      path: rest.join('/'),
      manifest: () => {
        texts ??= git.contents([...new Set(files.map((file) => file.sha))]);
        return objectIn(texts.get(sha) ?? '', `${commit}:${path}`);
      },
    });
  }
  return clusters;
}
