import { join } from 'node:path';
import { run } from '../measure.ts';
import { largeFleet } from '../plan/large-fleet.ts';
import { type Branch, type File, ownFiles, writeRepository } from '../plan/repository.ts';

/** What each cluster has. */
export const OBJECTS = 1000;

/** Commits after the first one: each moves one service of a quarter of the clusters, as rings do. */
export const COMMITS = 200;
const RINGS = 4;

/** The branch with one commit more than main, for what a push costs. */
export const NEXT = 'next';

const DEPLOYMENT = /^dist\/([^/]+)\/restaurants\/Deployment\./;

/** Repositories of one fleet with the same history, packed as a forge packs them. */
export interface Fleet {
  /** With dist on main, as it is without `published`. */
  readonly main: string;
  /** With a branch per cluster besides. */
  readonly branches: string;
  /** Of the first cluster alone. */
  readonly own: string;
  /** The name of the first cluster, which changes in the commit of `NEXT`. */
  readonly cluster: string;
}

/** Writes the repositories of a fleet. */
export function writeFleet(folder: string, clusters: number): Fleet {
  const files = [...largeFleet(ownFiles(), clusters, OBJECTS)];
  const changes = [...Array(COMMITS + 1).keys()].map((i) => files.flatMap(changed(i, clusters)));
  const cluster = nameOf(files[0]!);
  const [main, branches, own] = ['main', 'branches', 'own'].map((name) => join(folder, `${name}-${clusters}.git`));
  const onMain: Branch[] = [files, ...changes.slice(0, COMMITS)].map((some) => ({ name: 'main', files: some }));
  const next = { name: NEXT, on: 'main', files: changes[COMMITS]! };
  const published = [...new Set(files.map(nameOf))].flatMap((name) =>
    historyOf(name, `clusters/${name}`, files, changes),
  );
  write(main!, [...onMain, next]);
  write(branches!, [...onMain, ...published]);
  write(own!, historyOf(cluster, 'main', files, changes));
  return { main: main!, branches: branches!, own: own!, cluster };
}

/** What `slipway publish` makes of the history: commits that have the cluster's dist alone, where it has changed. */
function historyOf(name: string, branch: string, files: readonly File[], changes: readonly File[][]): Branch[] {
  const its = ([path]: File): boolean => path.startsWith(`dist/${name}/`);
  return [files, ...changes]
    .map((some) => some.filter(its))
    .filter((some) => some.length > 0)
    .map((some) => ({ name: branch, files: some }));
}

/** Gives the service of a ring's clusters the image of a commit. */
function changed(commit: number, clusters: number): (file: File) => File[] {
  return ([path, text]) => {
    const [, cluster] = DEPLOYMENT.exec(path) ?? [];
    const index = Number(cluster?.slice(1));
    const ring = Math.floor((index * RINGS) / clusters);
    if (cluster === undefined || ring !== commit % RINGS) return [];
    return [[path, text.replaceAll(/^( *image: .*:)[\w.-]+(@.*)?$/gm, `$12.0.${commit}`)]];
  };
}

function nameOf([path]: File): string {
  return path.split('/')[1]!;
}

function write(folder: string, branches: readonly Branch[]): void {
  writeRepository(folder, branches);
  const git = (...args: string[]): unknown => run('git', ['-C', folder, ...args]);
  git('symbolic-ref', 'HEAD', 'refs/heads/main');
  git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  git('repack', '-a', '-d', '-q');
}
