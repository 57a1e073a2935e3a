import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../charts/fault.ts';

/** What stands between dist as it is and as it should be; paths below dist, sorted. */
export interface DistChanges {
  /** Files to write that are there with other bytes. */
  readonly stale: readonly string[];
  /** Files to write that are not there. */
  readonly missing: readonly string[];
  /** Files that nothing renders. */
  readonly extra: readonly string[];
}

/**
 * Compares dist with what was rendered.
 *
 * @param dist the folder
 * @param wanted YAML by path below dist
 * @param within the folders of dist to look at for extra files: those of the clusters that were rendered; all of it if undefined
 */
export function compareDist(
  dist: string,
  wanted: ReadonlyMap<string, string>,
  within?: readonly string[],
): DistChanges {
  const present = new Set(within ? within.flatMap((folder) => filesBelow(dist, folder)) : filesBelow(dist, ''));
  const paths = [...wanted.keys()].sort();
  return {
    missing: paths.filter((path) => !present.has(path)),
    stale: paths.filter((path) => present.has(path) && readFileSync(join(dist, path), 'utf8') !== wanted.get(path)),
    extra: [...present].filter((path) => !wanted.has(path)).sort(),
  };
}

/**
 * Makes dist hold what was rendered: writes what changed, removes what nothing renders, leaves the rest untouched.
 * All new files are written aside before the first one takes its place, so that a full disk changes nothing.
 *
 * @throws Fault if dist cannot be written; it is then as it was
 */
export function writeDist(
  dist: string,
  wanted: ReadonlyMap<string, string>,
  { stale, missing, extra }: DistChanges,
): void {
  const writes = [...stale, ...missing];
  if (writes.length === 0 && extra.length === 0) return;
  try {
    mkdirSync(dist, { recursive: true });
    const aside = mkdtempSync(join(dist, '.slipway-'));
    try {
      writes.forEach((path, i) => writeFileSync(join(aside, String(i)), wanted.get(path) ?? ''));
      for (const path of writes) mkdirSync(join(dist, dirname(path)), { recursive: true });
      writes.forEach((path, i) => renameSync(join(aside, String(i)), join(dist, path)));
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
    for (const path of extra) rmSync(join(dist, path));
    removeEmptyFolders(dist, extra);
  } catch (error) {
    throw new Fault({
      what: 'dist cannot be written',
      where: dist,
      seen: (error as Error).message,
      fix: 'make the folder writable and give the disk room, then run it again',
    });
  }
}

/** Every file below a folder of dist, as paths below dist; none if the folder is not there. */
function filesBelow(dist: string, folder: string): string[] {
  try {
    return readdirSync(join(dist, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Fault({
      what: 'dist cannot be read',
      where: join(dist, folder),
      seen: (error as Error).message,
      fix: 'make it a readable folder, then run it again',
    });
  }
}

function removeEmptyFolders(dist: string, removed: readonly string[]): void {
  const folders = new Set(removed.flatMap((path) => parents(path)));
  // Deepest first.
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    if (readdirSync(join(dist, folder)).length === 0) rmdirSync(join(dist, folder));
  }
}

function parents(path: string): string[] {
  const parent = dirname(path);
  return parent === '.' ? [] : [parent, ...parents(parent)];
}
