/**
 * Runs the lab's scenarios: those with simulated nodes, or with E2E=real those with real ones. Arguments are vitest's,
 * such as the name of a scenario.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants } from 'node:os';

const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..', 'vitest.mjs');
const command = [process.execPath, vitest, 'run', '--config', join(import.meta.dirname, 'vitest.config.ts')];
const [program = '', ...args] =
  process.env['E2E'] === 'real'
    ? [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'real', 'room.ts'), '--', ...command]
    : command;
const child = spawn(program, [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the child as well, which then cleans up: this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => (process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0)));
