/**
 * Runs the lab's scenarios: those with simulated nodes, or with E2E=real those with real ones, each in a room of its own.
 * Arguments are vitest's: names of scenarios, then options.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';

const REAL = join('scenarios', 'real');

const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..', 'vitest.mjs');
const command = [vitest, 'run', '--config', join(import.meta.dirname, 'vitest.config.ts')];
const args = process.argv.slice(2);

let ended = false;
process.exitCode = 0;
for (const one of process.env['E2E'] === 'real' ? inRooms() : [[...command, ...args]])
  if (!ended) process.exitCode = (await run(one)) || process.exitCode;

/** For each scenario with real nodes that the arguments name, or for all, the arguments that run it in a room. */
function inRooms(): string[][] {
  const first = args.findIndex((arg) => arg.startsWith('-'));
  const [names, options] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)];
  const scenarios = readdirSync(join(import.meta.dirname, REAL)).filter((file) => file.endsWith('.e2e.ts'));
  const chosen = scenarios.filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
  if (chosen.length === 0)
    throw new Error(`no scenario is named ${names.join(' or ')}: there are ${scenarios.join(', ')}`);
  const room = ['--import', 'tsx', join(import.meta.dirname, 'real', 'room.ts'), '--', process.execPath];
  return chosen.map((file) => [...room, ...command, join(REAL, file), ...options]);
}

/** Runs Node. @returns its exit code */
function run(nodeArgs: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, nodeArgs, { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => {
    ended = true;
    // Ctrl-C reaches the child as well, which then cleans up: this process waits for it.
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const one of signals) process.off(one, pass);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
