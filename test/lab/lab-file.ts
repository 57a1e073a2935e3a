import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from './api.ts';

/** Description of a running lab, in `lab.json` in its folder. */
export interface LabFile {
  readonly cluster: string;
  /** Process id of the supervisor. */
  readonly pid: number;
  readonly folder: string;
  /** Folder of its room, which is removed after everything else in it; undefined with simulated nodes. */
  readonly room?: string;
  /** ISO 8601. */
  readonly started: string;
  readonly access: Access;
  /** The lab's own process and those that it started; `megabytes` is the proportional set size in MiB. */
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly megabytes: number }[];
  /** Local URLs and addresses, by title. */
  readonly dashboards: Readonly<Record<string, string>>;
}

/** A lab's folder: one per cluster and checkout. */
export function labFolder(checkout: string, cluster: string): string {
  return join(checkout, '.lab', cluster);
}

/** The lab of a cluster, or undefined if it is not running. */
export function readLab(checkout: string, cluster: string): LabFile | undefined {
  const file = join(labFolder(checkout, cluster), 'lab.json');
  if (!existsSync(file)) return undefined;
  const lab = JSON.parse(readFileSync(file, 'utf8')) as LabFile;
  return isAlive(lab.pid) ? lab : undefined;
}

/** Writes `lab.json` atomically. */
export function writeLab(lab: LabFile): void {
  const file = join(lab.folder, 'lab.json');
  if (!existsSync(lab.folder)) return;
  writeFileSync(`${file}.new`, JSON.stringify(lab, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
