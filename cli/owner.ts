import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process that holds a lock, as part of a file's name: `1234.56789.1f2e3d4c.laptop`. Numbers of processes are used
 * again, so the time of its start is part of it, where the system tells it.
 */
export type Owner = string;

/** This process, as the owner of one lock. */
export function thisProcess(): Owner {
  return [process.pid, startOf(process.pid), randomUUID().slice(0, 8), encodeURIComponent(machine())].join('.');
}

/** False only if the owner is known to have ended; unknown for one on another machine. */
export function mayBeAlive(owner: Owner): boolean {
  const { pid, start, machine: where } = partsOf(owner);
  return where !== machine() || (exists(pid) && startOf(pid) === start);
}

/** For messages: `process 1234 on laptop`. */
export function shownOwner(owner: Owner): string {
  const { pid, machine: where } = partsOf(owner);
  return `process ${pid} on ${where.replace(/ .*/, '')}`;
}

/** True for the name of an owner. */
export function isOwner(text: string): boolean {
  return /^\d+\.\d*\.[0-9a-f]{8}\../.test(text);
}

function partsOf(owner: Owner): { readonly pid: number; readonly start: string; readonly machine: string } {
  const [pid = '', start = '', , ...where] = owner.split('.');
  return { pid: Number(pid), start, machine: decodeURIComponent(where.join('.')) };
}

/** The host, and the container in it: processes of another one cannot be looked up. */
function machine(): string {
  return [hostname(), ...ifReadable(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, ''))].join(' ');
}

/** When a process started, in the system's own units; empty where the system does not tell. */
function startOf(pid: number): string {
  // The name of the command, in parentheses, may have spaces; the fields after it have none.
  const [fields = ''] = ifReadable(() => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, ''));
  return fields.trim().split(' ')[19] ?? '';
}

function ifReadable(read: () => string): string[] {
  try {
    return [read()];
  } catch {
    return [];
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
