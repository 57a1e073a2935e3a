import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** SHA-256, in hexadecimal digits. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The cache of archives, each a file named by its SHA-256. Only `slipway fetch` fills it; clusters and checkouts share
 * it, and any file may be removed at any time.
 */
export class Archives {
  readonly folder: string;

  /** @param env says where the user's cache is: XDG_CACHE_HOME, else `.cache` of the home folder */
  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.folder = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway', 'archives');
  }

  /** Path of an archive, whether it is there or not. */
  path(sha256: string): string {
    return join(this.folder, sha256);
  }

  /** The content of an archive; undefined if it was never fetched, and `corrupted` if its content has another hash. */
  read(sha256: string): Buffer | 'corrupted' | undefined {
    if (!existsSync(this.path(sha256))) return undefined;
    const bytes = readFileSync(this.path(sha256));
    return sha256Of(bytes) === sha256 ? bytes : 'corrupted';
  }

  /** Adds an archive, atomically. */
  add(bytes: Uint8Array): void {
    mkdirSync(this.folder, { recursive: true });
    const temporary = join(this.folder, `.${process.pid}.${sha256Of(bytes)}`);
    try {
      writeFileSync(temporary, bytes);
      renameSync(temporary, this.path(sha256Of(bytes)));
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}
