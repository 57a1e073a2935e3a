import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault, shown, suggest, throwIfAny } from '../charts/fault.ts';
import { repository } from '../clusters/fleet.ts';
import type { ValuesModule } from './exported.ts';
import { facts } from './facts.ts';
import { fetchArchives } from './fetch.ts';
import { fleet } from './fleet/command.ts';
import { monitoring } from './monitoring.ts';
import { order } from './order.ts';
import { overrides } from './overrides.ts';
import { pins } from './pins.ts';
import { type Outcome, plan } from './plan/command.ts';
import { promote } from './promotion/promote.ts';
import { releases } from './releases.ts';
import { secrets } from './secrets.ts';
import { checkDist, synth, type Workspace } from './synth.ts';
import { upstream } from './upstream/upstream.ts';
import { waivers } from './waivers.ts';
import { watch } from './watch.ts';

/** A subcommand: the one place that says how it is called and what it does. */
interface Subcommand {
  /** Its lines of `slipway --help`. */
  readonly usage: string;
  /** Its options, in addition to --trace and --help. */
  readonly options: readonly (keyof typeof OPTIONS)[];
  /** @returns what to print, and the exit code if that is not 0 */
  run(workspace: Workspace, names: readonly string[], values: Options): Promise<string | Outcome>;
}

const OPTIONS = {
  check: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  mermaid: { type: 'boolean', default: false },
  from: { type: 'string' },
  write: { type: 'boolean', default: false },
  base: { type: 'string' },
  head: { type: 'string' },
  json: { type: 'boolean', default: false },
  markdown: { type: 'string' },
  html: { type: 'string' },
  noise: { type: 'boolean', default: false },
  'fail-on': { type: 'string' },
  all: { type: 'boolean', default: false },
  to: { type: 'string' },
  evidence: { type: 'string' },
  urgent: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  trace: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Options = ReturnType<typeof parsed>['values'];

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  synth: {
    usage: `  slipway synth [CLUSTER…]           render into dist/, all clusters or some
  slipway synth --check [CLUSTER…]   write nothing; fail if dist/ is out of date
  slipway synth --watch [CLUSTER…]   render on every save`,
    options: ['check', 'watch'],
    async run(workspace, names, values) {
      if (values.check && values.watch)
        throw new Fault({
          what: '--check and --watch exclude each other: one writes nothing, the other on every save',
          where: 'the command line',
          fix: 'leave one of them out',
        });
      if (values.check) return checkDist(workspace, names);
      if (!values.watch) return synth(workspace, names);
      await watch(workspace.root, [process.argv[1] ?? '', 'synth', ...names]);
      return '';
    },
  },
  plan: {
    usage: `  slipway plan [CLUSTER…] [--base REF] [--head REF]
                                     print what Argo CD and the API servers will do with the changes in dist/, of all clusters
                                     or some, from where they left REF to the working tree or another REF
      --json, --markdown F, --html F print it as JSON; write it for a comment, or as a page, into a file
      --noise                        list what reads differently and means the same, too
      --fail-on danger,refused,replace,delete,none
                                     exit with 2 if it has any of these, refused unless it says otherwise`,
    options: ['base', 'head', 'json', 'markdown', 'html', 'noise', 'fail-on'],
    run: async (workspace, names, values) => plan(workspace, names, values),
  },
  fleet: {
    usage: `  slipway fleet [CLUSTER…] [--base REF]
                                     print what the clusters in dist/ run, ask for and serve: versions, requests, volumes, hosts,
                                     certificates, schedules; one cluster in detail; with the changes since they left REF
      --json, --markdown F           print it as JSON; write it for a comment into a file`,
    options: ['base', 'json', 'markdown'],
    run: async (workspace, names, values) => fleet(workspace, names, values),
  },
  promote: {
    usage: `  slipway promote COMPONENT…|--all [--from RING] [--to RING]
                                     give the next ring the versions of the ring before, in one commit, and print what that
                                     will do there: as it was seen in the ring before, and what is new
      --evidence TEXT                what shows that the ring before is healthy, where a ring asks for it
      --urgent REASON                although it has not soaked, or the ring is frozen
      --dry-run                      write nothing`,
    options: ['all', 'from', 'to', 'evidence', 'urgent', 'dry-run'],
    run: async (workspace, names, values) => promote(workspace, names, values),
  },
  monitoring: {
    usage: '  slipway monitoring [CLUSTER…]      render, and write rules and dashboards alone; list which have changed',
    options: [],
    run: monitoring,
  },
  order: {
    usage: '  slipway order CLUSTER [--mermaid]  print the order in which its components are synced, with reasons',
    options: ['mermaid'],
    run: async (workspace, names, values) => order(workspace, only('order', names), values),
  },
  overrides: {
    usage:
      '  slipway overrides [CLUSTER…]       list the overrides of all clusters or some: what each changes, and why',
    options: [],
    run: overrides,
  },
  facts: {
    usage: `  slipway facts CLUSTER [--from F]   write facts.json from Terraform's outputs, and list the resulting changes in dist/;
                                     F: a file with the output of \`terraform output -json\`, or - for standard input`,
    options: ['from'],
    run: async (workspace, names, values) => facts(workspace, only('facts', names), values),
  },
  secrets: {
    usage: `  slipway secrets CLUSTER            list what people must put into its secret store, with the commands, and what it
                                     generates there`,
    options: [],
    run: async (workspace, names) => secrets(workspace, only('secrets', names)),
  },
  fetch: {
    usage: `  slipway fetch [CLUSTER…] [--write] download what "manifests" of all clusters, or some, is pinned to;
                                     --write: write the sha256 of new versions into pins.json`,
    options: ['write'],
    run: fetchArchives,
  },
  upstream: {
    usage: `  slipway upstream [PROJECT…] [--write]
                                     compare the rights and kinds in charts/upstream/ with the projects' repositories at
                                     the pinned versions; --write: write them`,
    options: ['write'],
    run: upstream,
  },
  pins: {
    usage: `  slipway pins [CLUSTER…] [--write]  ask repositories for the commits of releases, and registries for the digests of images,
                                     of all clusters or some, and compare them with pins.json; --write: write them there`,
    options: ['write'],
    run: async (workspace, names, values) => {
      // Printed before the images, one of which may be unknown, which is an error.
      console.log(await releases(workspace, names, { write: values.write ?? false }));
      return pins(workspace, names, { write: values.write ?? false });
    },
  },
  waivers: {
    usage:
      '  slipway waivers [CLUSTER…]         list the invariants that objects of "manifests" need not meet, with the reasons',
    options: [],
    run: waivers,
  },
};

const USAGE = `slipway: renders the fleet's Kubernetes manifests

${Object.values(SUBCOMMANDS)
  .map(({ usage }) => usage)
  .join('\n')}

  --trace   print the stack trace of an error`;

/**
 * Runs a command line.
 *
 * @param argv the arguments after `slipway`
 * @param root the repository's folder
 * @param outdir folder to render into; default `dist` in the root
 * @returns the exit code: 0; 1 with a message on stderr; 2 for a plan with what --fail-on names
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
  const trace = argv.includes('--trace');
  try {
    refuseTakenByNpm(argv, env);
    refuseRepository(workspace);
    checkRepository(workspace);
    const outcome = await run(argv, workspace);
    const { text, code } = typeof outcome === 'string' ? { text: outcome, code: 0 } : outcome;
    if (text) process.stdout.write(`${text}\n`);
    return code;
  } catch (error) {
    const message = error instanceof Error ? (trace ? error.stack : error.message) : String(error);
    const hint =
      error instanceof Fault || trace
        ? ''
        : '\n  fix:  this is a bug in Slipway or in a component: run it again with --trace';
    process.stderr.write(`error: ${message}${hint}\n`);
    return 1;
  }
}

async function run(argv: readonly string[], workspace: Workspace): Promise<string | Outcome> {
  const { values, positionals } = parse(argv);
  const [command, ...names] = positionals;
  const subcommand = subcommandOf(command);
  return values.help || !subcommand ? USAGE : subcommand.run(workspace, names, values);
}

function subcommandOf(name = ''): Subcommand | undefined {
  return Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
}

/** `npm run synth --check`: npm keeps an option that is before `--`, and says so only in the environment. */
function refuseTakenByNpm(argv: readonly string[], env: NodeJS.ProcessEnv): void {
  const script = env['npm_lifecycle_event'];
  // npm has its own --help, and shows it.
  const taken = Object.entries(OPTIONS).flatMap(([option, { type }]) => {
    const value = env[`npm_config_${option}`];
    if (!value || value === 'false' || option === 'help' || argv.some((word) => word.startsWith(`--${option}`)))
      return [];
    return [type === 'boolean' ? `--${option}` : `--${option} ${value === 'true' ? 'F' : value}`];
  });
  if (script === undefined || taken.length === 0) return;
  throw new Fault({
    what: `npm kept ${taken.join(' ')} for itself: Slipway did not get it`,
    where: 'the command line',
    fix: `put -- before it: npm run ${script} -- ${[...argv.slice(1), ...taken].join(' ')}`,
  });
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

/** The one cluster of a command that takes one. */
function only(command: string, names: readonly string[]): string {
  const [cluster] = names;
  if (cluster === undefined || names.length > 1)
    throw new Fault({
      what: `${command} takes one cluster`,
      where: 'the command line',
      fix: `slipway ${command} CLUSTER`,
    });
  return cluster;
}

function parse(argv: readonly string[]): ReturnType<typeof parsed> {
  const command = argv.find((word) => !word.startsWith('-'));
  const known = ['trace', 'help', ...(subcommandOf(command)?.options ?? [])];
  if (command && !subcommandOf(command)) {
    throw new Fault({
      what: `there is no command "${command}"`,
      where: 'the command line',
      seen: command,
      fix: suggest(command, Object.keys(SUBCOMMANDS)),
    });
  }
  for (const word of argv.filter((w) => w.startsWith('--'))) {
    const option = word.slice(2).replace(/=.*/, '');
    if (!known.includes(option)) {
      throw new Fault({
        what: `${command ?? 'slipway'} has no option "${word}"`,
        where: 'the command line',
        seen: word,
        fix: suggest(
          word,
          known.map((k) => `--${k}`),
        ),
      });
    }
  }
  try {
    return parsed(argv);
  } catch (error) {
    throw new Fault({
      what: (error as Error).message.split('. ')[0] ?? '',
      where: 'the command line',
      fix: 'see slipway --help',
    });
  }
}

function parsed(argv: readonly string[]) {
  return parseArgs({ args: argv.slice(), options: OPTIONS, allowPositionals: true });
}
