import { setImmediate, setTimeout } from 'node:timers/promises';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../charts/fault.ts';
import { isOwner, mayBeAlive, type Owner, shownOwner, thisProcess } from './owner.ts';

/** How long a run waits for another one, which holds the lock for as long as it writes. */
export const PATIENCE_MS = 10_000;

const POLL_MS = 25;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const OWNER = 'owner.';

/**
 * Runs a step while no other process runs one with the same folder. The folder is the lock, and room for what the step
 * needs on disk: it is moved into place with its owner's name in it, which is one step for the file system. A folder
 * whose owner has ended is taken over with all that is in it, by renaming the owner.
 *
 * The step is synchronous, and signals take effect after it, so that only SIGKILL or a power failure breaks it off.
 *
 * @throws Fault naming the owner if another process still holds it
 */
export async function locked<T>(folder: string, step: () => T, patienceMs = PATIENCE_MS): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const attempt = await uninterrupted(() => (take(folder) ? { result: release(folder, step) } : undefined));
    if (attempt) return attempt.result;
    if (Date.now() >= deadline) throw heldBy(folder);
    await setTimeout(POLL_MS);
  }
}

/** Waits until nobody holds the lock, without taking it. @returns false if its owner has ended without releasing it */
export async function settled(folder: string, patienceMs = PATIENCE_MS): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const owner = ownerOf(folder);
    if (owner === undefined) return true;
    if (!mayBeAlive(owner)) return false;
    if (Date.now() >= deadline) throw heldBy(folder);
    await setTimeout(POLL_MS);
  }
}

/** True if a process that is not known to have ended, or one that ended without releasing it, holds the lock. */
export function isHeld(folder: string): boolean {
  return ownerOf(folder) !== undefined;
}

/** True if this process now holds the lock. */
function take(folder: string): boolean {
  const me = thisProcess();
  const prepared = `${folder}.${me}`;
  try {
    mkdirSync(prepared, { recursive: true });
    writeFileSync(join(prepared, OWNER + me), '');
    renameSync(prepared, folder);
    return true;
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    // Somebody held it a moment ago, who may have released it since.
    if (!isTaken(error)) throw error;
    return takeOver(folder, me);
  }
}

/** True for the error of a rename onto a folder that is not empty. */
function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Of several processes that see that the owner has ended, one renames it. */
function takeOver(folder: string, me: Owner): boolean {
  const owner = ownerOf(folder);
  if (owner !== undefined && mayBeAlive(owner)) return false;
  try {
    // Without an owner, it was about to be removed.
    if (owner === undefined) rmdirSync(folder);
    else renameSync(join(folder, OWNER + owner), join(folder, OWNER + me));
    return owner !== undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Runs the step, then removes the folder, its owner last, unless the step throws `StillNeeded`. */
function release<T>(folder: string, step: () => T): T {
  let needed = false;
  try {
    return step();
  } catch (error) {
    needed = error instanceof StillNeeded;
    throw error instanceof StillNeeded ? error.cause : error;
  } finally {
    if (!needed) removeLock(folder);
    removePrepared(folder);
  }
}

/** Thrown by a step whose work the next owner of the folder must complete; the cause is what went wrong. */
export class StillNeeded extends Error {}

function removeLock(folder: string): void {
  const names = readdirSync(folder);
  const ofOthers = names.filter((name) => !name.startsWith(OWNER));
  for (const name of ofOthers) rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of names) rmSync(join(folder, name), { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // Another process has it already.
  }
}

/** Removes what processes left that ended just before they took the lock. */
function removePrepared(folder: string): void {
  const prefix = `${basename(folder)}.`;
  for (const name of readdirSync(dirname(folder))) {
    const owner = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (isOwner(owner) && !mayBeAlive(owner)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function ownerOf(folder: string): Owner | undefined {
  try {
    return readdirSync(folder)
      .find((name) => name.startsWith(OWNER))
      ?.slice(OWNER.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Signals that arrive during the step take effect when it has ended. */
async function uninterrupted<T>(step: () => T): Promise<T> {
  const received: NodeJS.Signals[] = [];
  const note = (signal: NodeJS.Signals): void => void received.push(signal);
  for (const signal of SIGNALS) process.on(signal, note);
  try {
    return step();
  } finally {
    // Node delivers a signal in the turn of its loop after the one that has noticed it.
    await setImmediate();
    await setImmediate();
    for (const signal of SIGNALS) process.off(signal, note);
    const [first] = received;
    if (first) process.kill(process.pid, first);
  }
}

function heldBy(folder: string): Fault {
  const owner = ownerOf(folder);
  return new Fault({
    what: 'another run is writing dist',
    where: folder,
    seen: owner === undefined ? 'a folder without an owner' : shownOwner(owner),
    fix: `wait until it has ended, then run it again; if no such run exists, remove ${folder}`,
  });
}
