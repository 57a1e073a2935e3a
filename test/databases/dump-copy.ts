import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with one dump and what belongs to it, to be damaged by tests. */
export class DumpCopy {
  readonly folder: string;
  private readonly stamp: string;

  constructor(folder: string) {
    this.folder = folder;
    this.stamp = stampIn(folder);
  }

  /** Names of files that have their names for good. */
  get whole(): string[] {
    return readdirSync(this.folder).filter((name) => !name.endsWith('.partial'));
  }

  /** Text of a file. */
  read(extension: string): string {
    return readFileSync(this.file(extension), 'utf8');
  }

  remove(extension: string): void {
    rmSync(this.file(extension));
  }

  truncate(extension: string, bytes: number): void {
    truncateSync(this.file(extension), bytes);
  }

  edit(extension: string, what: RegExp, by: string): void {
    writeFileSync(this.file(extension), this.read(extension).replace(what, by));
  }

  /** Checks the checksum as a person would. @throws Error if it is another one */
  check(): void {
    execFileSync('sha256sum', ['--check', '--strict', '--status', `${this.stamp}.sha256`], { cwd: this.folder });
  }

  /** Writes the checksum anew, as if the damage had been done before it was. */
  sumAnew(extension: string): void {
    const sum = execFileSync('sha256sum', [`${this.stamp}.${extension}`], { cwd: this.folder });
    writeFileSync(this.file('sha256'), sum);
  }

  private file(extension: string): string {
    return join(this.folder, `${this.stamp}.${extension}`);
  }
}

/** The stamp of the one dump in a folder. */
function stampIn(folder: string): string {
  const [, stamp] = /^(\d{8}T\d{6}Z)\.sha256$/m.exec(readdirSync(folder).join('\n')) ?? [];
  if (stamp === undefined) throw new Error(`${folder} has no dump with a checksum`);
  return stamp;
}

/** Ids of the processes whose arguments match. */
export function processesOf(what: RegExp): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.filter((line) => what.test(line)).map((line) => Number.parseInt(line, 10));
}
