import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Fault, shown, throwIfAny } from '../charts/fault.ts';
import { repository } from '../clusters/fleet.ts';
import type { Outcome } from './commands/command.ts';
import { GROUPS, SUBCOMMANDS } from './commands/index.ts';
import { EXIT, exitOf } from './exit.ts';
import type { ValuesModule } from './exported.ts';
import { helpOf, overview } from './help.ts';
import { screen } from './output.ts';
import { parse, subcommandOf } from './parse.ts';
import { isWatched, progress } from './progress.ts';
import type { Workspace } from './synth.ts';
import { refuseTakenByNpm } from './taken-by-npm.ts';

/**
 * Runs a command line.
 *
 * @param argv the arguments after `slipway`
 * @param root the repository's folder
 * @param outdir folder to render into; default `dist` in the root
 * @returns the exit code, as the help of the subcommand lists them
 */
export function main(argv: readonly string[], root: string, outdir = join(root, 'dist')): Promise<number> {
  return execute(argv, {
    root,
    dist: resolve(outdir),
    repository,
    importer: {
      cluster: (name) => import(`../clusters/${name}/cluster.ts`) as Promise<ValuesModule>,
      rings: () => import('../clusters/rings.ts'),
    },
  });
}

/** Like main, but on any workspace: its clusters need not be in the repository of this code. */
export async function execute(argv: readonly string[], workspace: Workspace, env = process.env): Promise<number> {
  try {
    refuseTakenByNpm(subcommandOf(SUBCOMMANDS, argv), argv, env);
    const outcome = await run(argv, workspace, env);
    const { text, code, error }: Outcome =
      typeof outcome === 'string' ? { text: outcome, code: EXIT.success } : outcome;
    if (text) process.stdout.write(`${text}\n`);
    return error === undefined ? code : reported(error, argv);
  } catch (error) {
    return reported(error, argv);
  }
}

/** Prints an error. @returns its exit code */
function reported(error: unknown, argv: readonly string[]): number {
  const trace = argv.includes('--trace');
  const message = error instanceof Error ? (trace ? error.stack : error.message) : String(error);
  const hint =
    error instanceof Fault || trace
      ? ''
      : '\n  fix:  this is a bug in Slipway or in a component: run it again with --trace';
  process.stderr.write(`error: ${message}${hint}\n`);
  return exitOf(error);
}

async function run(argv: readonly string[], workspace: Workspace, env: NodeJS.ProcessEnv): Promise<string | Outcome> {
  // As every command line has it.
  const { name, command, names, values } = parse(SUBCOMMANDS, argv[0] === '--version' ? ['version'] : argv);
  if (name === undefined || command === undefined) return overview(GROUPS, screen().columns);
  if (values['help']) return helpOf(name, command, screen().columns);
  if (!command.readsNothing) {
    refuseRepository(workspace);
    checkRepository(workspace);
  }
  const isSilent =
    command.readsNothing || command.asks || values['watch'] || values['quiet'] || !isWatched(process.stderr, env);
  const end = isSilent ? undefined : progress(`slipway ${name} …`);
  try {
    return await command.run(workspace, names, values);
  } finally {
    end?.();
  }
}

/** What is not rendered is removed from dist, so it must not have the repository in it. */
function refuseRepository({ root, dist }: Workspace): void {
  const toRoot = relative(resolve(dist), root);
  if (toRoot.split(sep)[0] === '..' || isAbsolute(toRoot)) return;
  throw new Fault({
    what: 'the folder to render into has the repository in it, which would be removed',
    where: 'CDK8S_OUTDIR',
    seen: dist,
    fix: 'render into a folder of its own, such as dist',
  });
}

/** @throws Fault if clusters/fleet.ts does not say where clusters sync from: Applications would have no source */
function checkRepository({ repository: { url, revision } }: Workspace): void {
  throwIfAny(
    Object.entries({ url, revision }).flatMap(([field, value]) =>
      typeof value === 'string' && value !== ''
        ? []
        : [
            {
              what: `the repository has no ${field}`,
              file: 'clusters/fleet.ts',
              seen: shown(value),
              fix: `add it to \`repository\`: the ${field} that all clusters sync from`,
            },
          ],
    ),
  );
}
