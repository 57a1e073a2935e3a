import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { Fault, type Problem } from '../../charts/fault.ts';

/** Where an archive is named, for messages. */
export type Place = Pick<Problem, 'file' | 'where'>;

/** Runs a function on a temporary folder, which is removed however it ends. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-source-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Unpacks an archive, without its single top folder, as those of charts and of GitHub have one. What is no gzip file is
 * one YAML file, such as a release's `install.yaml`.
 *
 * @returns the folder with its content
 * @throws Fault if it cannot be read, or has a path or a link that leads out of the folder
 */
export async function unpack(archive: Uint8Array, folder: string, name: string, place: Place): Promise<string> {
  const into = join(folder, 'unpacked');
  mkdirSync(into);
  if (!isGzip(archive)) {
    writeFileSync(join(into, 'manifests.yaml'), archive);
    return into;
  }
  const file = join(folder, '.archive.tgz');
  writeFileSync(file, archive);
  const { extract, list } = await import('tar');
  const escaping: string[] = [];
  try {
    await list({
      file,
      strict: true,
      onReadEntry: ({ path, type, linkpath = '' }) => {
        const leads = type === 'SymbolicLink' ? join(path, '..', linkpath) : linkpath;
        if (escapes(path) || escapes(leads) || (type === 'SymbolicLink' && linkpath.startsWith('/')))
          escaping.push(path);
      },
    });
    if (escaping.length === 0) await extract({ file, cwd: into, strict: true, strip: 1 });
  } catch (error) {
    throw new Fault({
      what: `the archive of "${name}" cannot be unpacked`,
      ...place,
      seen: (error as Error).message,
      fix: 'pin an archive that tar can read: a chart, or the source of a release',
    });
  }
  if (escaping.length > 0)
    throw new Fault({
      what: `the archive of "${name}" has paths that lead out of it`,
      ...place,
      seen: escaping.join(', '),
      fix: 'do not use this archive: it would overwrite, or read, other files of this machine',
    });
  return into;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function escapes(path: string): boolean {
  const normal = normalize(path);
  return normal.startsWith('/') || normal === '..' || normal.startsWith('../');
}
