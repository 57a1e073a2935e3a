/**
 * Runs a command in a room: namespaces of its own for the network, mounts and processes, so that nothing of a lab with
 * real nodes reaches the machine's network, firewall or mounts, and the end of the room ends everything in it.
 *
 * Usage: room.ts [--remove FOLDER] [--undo ARGUMENT]… -- COMMAND…
 *
 * At the end, even if this process is killed, FOLDER is removed and the command that the values of --undo make up is run.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../../../apps/common/src/testing/free-ports.ts';
import { API_PORT, DOORS, listenOutside, ROOM, type Room, ROOM_ADDRESS } from './doors.ts';
import { requireRealNodes } from './requirements.ts';

/** Milliseconds that the command has to end after a signal. */
const GRACE_MS = 20_000;

const { values, positionals: command } = parseArgs({
  allowPositionals: true,
  options: { remove: { type: 'string', default: '' }, undo: { type: 'string', multiple: true, default: [] } },
});
try {
  requireRealNodes();
  process.exitCode = await run(command, [values.remove, ...values.undo]);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.send?.({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
process.disconnect?.();

/** @returns the command's exit code */
async function run([program = '', ...args]: readonly string[], cleanUp: readonly string[]): Promise<number> {
  // The paths of sockets are limited to some hundred bytes.
  const folder = mkdtempSync(join(tmpdir(), 'slipway-room-'));
  const ports = await freePorts(DOORS.length);
  const room: Room = {
    pid: process.pid,
    folder,
    group: `slipway-lab-${process.pid}`,
    doors: Object.fromEntries(DOORS.map((door, i) => [door, ports[i]])) as Room['doors'],
  };
  // Whatever commands leave there goes with the room.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const servers = await listenOutside(room);
  const scripts = import.meta.dirname;
  // Outlives this process, and ends the room whatever ended this process.
  const guardian = spawn(
    '/bin/sh',
    [join(scripts, '..', 'guardian.sh'), folder, '/bin/sh', join(scripts, 'clean-up.sh'), room.group, ...cleanUp],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' },
  );
  guardian.stdin.on('error', () => undefined);
  const child = spawn(
    'unshare',
    [
      '--net',
      '--mount',
      '--pid',
      '--uts',
      '--fork',
      '--kill-child',
      '--mount-proc',
      '/bin/sh',
      join(scripts, 'room.sh'),
      ROOM_ADDRESS,
      `${room.doors.api}`,
      `${API_PORT}`,
      program,
      ...args,
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', ...(process.send ? (['ipc'] as const) : [])],
      env: { ...process.env, TMPDIR: temporary, [ROOM]: JSON.stringify(room) },
      detached: true,
    },
  );
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  if (child.pid !== undefined) guardian.stdin.write(`+${child.pid}\n`);
  if (process.send) {
    child.on('message', (message) => process.send?.(message));
    process.on('disconnect', () => child.connected && child.disconnect());
  }
  // A signal is for the first process of the room: unshare itself would end at once, and the room with it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      const first = firstProcess(child.pid);
      if (first !== undefined) process.kill(first, 'SIGTERM');
      // Some commands wait for what they had begun.
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    });
  try {
    return await ended;
  } finally {
    for (const server of servers) server.close();
    const gone = new Promise((resolve) => guardian.once('exit', resolve));
    guardian.stdin.end();
    await gone;
  }
}

/** The only child of unshare. */
function firstProcess(pid: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]) || undefined;
  } catch {
    return undefined;
  }
}
