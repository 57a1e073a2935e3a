import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { type Command, parse, USAGE } from './command-line.ts';
import { down, requireCluster, up } from './cluster.ts';
import { KUBECONFIG } from './place.ts';

const COMMANDS: Readonly<Record<Command, (rest: readonly string[]) => Promise<void> | void>> = {
  up: async () => {
    await up();
    console.log(`export KUBECONFIG=${KUBECONFIG}`);
  },
  test: async (rest) => {
    requireCluster();
    process.exitCode = await scenarios(rest);
  },
  down,
};

try {
  const asked = parse(process.argv.slice(2));
  if (asked === undefined) console.log(USAGE);
  else await COMMANDS[asked.command](asked.rest);
} catch (error) {
  console.error(
    `error: ${error instanceof Fault ? error.message : error instanceof Error ? error.stack : String(error)}`,
  );
  process.exitCode = 1;
}

/** Runs the scenarios. @returns vitest's exit code */
function scenarios(rest: readonly string[]): Promise<number> {
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..', 'vitest.mjs');
  const config = join(import.meta.dirname, 'vitest.config.ts');
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...rest], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
