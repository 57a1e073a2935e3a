import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from './api.ts';

/** What a running lab says of itself, in `lab.json` of its folder. */
export interface LabFile {
  readonly cluster: string;
  /** Process id of the supervisor. */
  readonly pid: number;
  readonly folder: string;
  /** ISO 8601. */
  readonly started: string;
  readonly access: Access;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  /** Addresses of this machine to look at, by what is there. */
  readonly dashboards: Readonly<Record<string, string>>;
}

/** A lab's folder: one for each cluster of a checkout. */
export function labFolder(checkout: string, cluster: string): string {
  return join(checkout, '.lab', cluster);
}

/** A running lab, or undefined. */
export function readLab(checkout: string, cluster: string): LabFile | undefined {
  const file = join(labFolder(checkout, cluster), 'lab.json');
  if (!existsSync(file)) return undefined;
  const lab = JSON.parse(readFileSync(file, 'utf8')) as LabFile;
  return isAlive(lab.pid) ? lab : undefined;
}

/** Writes it whole or not at all. */
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
