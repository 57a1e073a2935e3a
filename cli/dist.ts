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

/** The differences between dist and the rendered files; paths relative to dist, sorted. */
export interface DistChanges {
  /** Rendered files that exist with other content. */
  readonly stale: readonly string[];
  /** Rendered files that do not exist. */
  readonly missing: readonly string[];
  /** Files that are not rendered. */
  readonly extra: readonly string[];
}

/**
 * Compares dist with the rendered files.
 *
 * @param dist the folder
 * @param wanted content of the rendered files by path relative to dist
 * @param within the folders of dist to search for extra files: those of the rendered clusters; undefined for all of dist
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
 * Updates dist: writes stale and missing files, removes extra ones, and leaves all others untouched. All
 * files are written to a temporary folder before the first one is moved into place, so that a full disk changes nothing.
 *
 * @throws Fault if dist cannot be written; dist is then unchanged
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
    const temporary = mkdtempSync(join(dist, '.slipway-'));
    try {
      writes.forEach((path, i) => writeFileSync(join(temporary, String(i)), wanted.get(path) ?? ''));
      for (const path of writes) mkdirSync(join(dist, dirname(path)), { recursive: true });
      writes.forEach((path, i) => renameSync(join(temporary, String(i)), join(dist, path)));
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    for (const path of extra) rmSync(join(dist, path));
    removeEmptyFolders(dist, extra);
  } catch (error) {
    throw new Fault({
      what: 'dist cannot be written',
      where: dist,
      seen: (error as Error).message,
      fix: 'make the folder writable and free disk space, then run it again',
    });
  }
}

/** Every file in a folder of dist, recursively, as paths relative to dist; none if the folder does not exist. */
export function filesBelow(dist: string, folder: string): string[] {
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
