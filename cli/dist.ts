import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../charts/fault.ts';
import { isHeld, locked, settled } from './lock.ts';
import { type FileSystem, Transaction } from './transaction.ts';

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
    stale: paths.filter((path) => present.has(path) && contentOf(join(dist, path)) !== wanted.get(path)),
    extra: [...present].filter((path) => !wanted.has(path)).sort(),
  };
}

/** What a test may replace. */
export interface UpdateOptions {
  /** @default that of Node */
  readonly fs?: FileSystem;
  /** @default PATIENCE_MS */
  readonly patienceMs?: number;
}

/**
 * Updates dist, all or nothing: writes stale and missing files, removes extra ones, and leaves all others untouched.
 * What it needs on disk, and what a killed run left, is in a folder beside dist, which is the lock too.
 *
 * @param compare the changes to make; called again once no other run writes, and may refuse by a Fault
 * @throws Fault if dist cannot be written, or another run is writing it; dist is then unchanged
 */
export async function updateDist(
  dist: string,
  wanted: ReadonlyMap<string, string>,
  compare: () => DistChanges,
  { fs, patienceMs }: UpdateOptions = {},
): Promise<DistChanges> {
  const work = workFolderOf(dist);
  const before = isHeld(work) ? undefined : compare();
  // Nothing is locked, so nothing written, if nothing changes: the checkout may be read-only.
  if (before && !hasChanges(before)) return before;
  const write = (): DistChanges => {
    const transaction = new Transaction(dist, work, fs);
    transaction.undo();
    const changes = compare();
    const texts = (paths: readonly string[]) => new Map(paths.map((path) => [path, wanted.get(path) ?? '']));
    const { stale, missing, extra } = changes;
    if (hasChanges(changes)) transaction.apply({ replaced: texts(stale), added: texts(missing), removed: extra });
    return changes;
  };
  return orCannotWrite(dist, () => locked(work, write, patienceMs));
}

/** Undoes what a killed run left in dist. @throws Fault if another run is writing, or dist cannot be written */
export async function restoreDist(dist: string, { fs, patienceMs }: UpdateOptions = {}): Promise<void> {
  const work = workFolderOf(dist);
  if (!isHeld(work)) return;
  await orCannotWrite(dist, () => locked(work, () => new Transaction(dist, work, fs).undo(), patienceMs));
}

/**
 * Waits while another run writes dist.
 *
 * @throws Fault if a killed run has left it half written, or the other one takes too long
 */
export async function awaitDist(dist: string): Promise<void> {
  if (await settled(workFolderOf(dist))) return;
  throw new Fault({
    what: 'dist is half written: the run that wrote it was killed',
    where: dist,
    fix: 'run "npm run synth", which puts it back first',
  });
}

export function hasChanges({ stale, missing, extra }: DistChanges): boolean {
  return stale.length + missing.length + extra.length > 0;
}

/** Beside dist, so that files move by renaming; Git ignores it. */
function workFolderOf(dist: string): string {
  return join(dirname(dist), `.slipway-${basename(dist)}`);
}

async function orCannotWrite<T>(dist: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof Fault || code === undefined) throw error;
    throw new Fault({
      what: existsSync(join(workFolderOf(dist), 'journal.json'))
        ? 'dist cannot be written, nor put back: it is half written'
        : 'dist cannot be written; it is unchanged',
      where: dist,
      seen: message,
      fix: `${FIXES[code] ?? 'put right what is in the way'}, then run it again`,
    });
  }
}

const NOT_WRITABLE = `make dist and the folder that it is in writable`;

/** What to do, by the file system's code. */
const FIXES: Readonly<Record<string, string>> = {
  EACCES: NOT_WRITABLE,
  EPERM: NOT_WRITABLE,
  EROFS: NOT_WRITABLE,
  ENOSPC: 'free disk space',
  EDQUOT: 'free disk space',
  EISDIR: 'remove the folder that is where a file must be',
  EXDEV: 'put dist on the file system of the folder that it is in',
};

/** Every file in a folder of dist, recursively, as paths relative to dist; none if the folder does not exist. */
export function filesBelow(dist: string, folder: string): string[] {
  try {
    return readdirSync(join(dist, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(join(dist, folder), error, 'make it a readable folder, then run it again');
  }
}

/** Undefined if it has just been removed by another run. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error, 'make it readable, or remove it, then run it again');
  }
}

function unreadable(where: string, error: unknown, fix: string): Fault {
  return new Fault({ what: 'dist cannot be read', where, seen: (error as Error).message, fix });
}
