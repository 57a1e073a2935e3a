import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { suggest, throwIfAny } from '../../charts/fault.ts';
import { loginOf } from '../doctor/registry.ts';
import type { Workspace } from '../synth.ts';
import { misuse, select, unknown } from '../unknown.ts';
import { carryOut, refuseUncommitted } from './carry-out.ts';
import { removeClusters } from './clusters.ts';
import { type Identity, identityOf, leftovers, writeIdentity } from './identity.ts';
import { clustersIn } from './lists.ts';
import { removeSections, sectionsIn } from './sections.ts';
import { removeServices, servicesIn, servicesOn } from './services.ts';
import { Sources } from './sources.ts';

/** Options of `slipway init`: what is not given is asked for in a terminal, and else stays. */
export interface InitOptions extends Partial<Identity> {
  /** The clusters that stay. @default all */
  readonly clusters?: readonly string[];
  /** Services and sections that go. @default none */
  readonly without?: readonly string[];
  /** Asks nothing. */
  readonly yes: boolean;
}

/** What is asked for, with what a value has to be. */
const QUESTIONS: Readonly<
  Record<keyof Identity, { readonly asks: string; readonly is: RegExp; readonly such: string }>
> = {
  organization: {
    asks: 'Organization: begins names in clouds',
    is: /^[a-z][a-z0-9]{1,15}$/,
    such: 'acme: 2 to 16 lower-case letters and digits',
  },
  repository: {
    asks: 'URL of the repository',
    is: /^(https:\/\/|ssh:\/\/|git@)\S+\/\S+\.git$/,
    such: 'https://github.com/acme/platform.git',
  },
  registry: {
    asks: 'Registry of its own images',
    // A host of AWS is one of ECR, which names its account and its region.
    is: /^(\d{12}\.dkr\.ecr(-fips)?\.[a-z]{2,}(-[a-z]+)+-\d+\.amazonaws\.com(\.cn)?|(?![^/]*\.amazonaws\.com)[a-z0-9.-]+(:\d+)?)(\/[a-z0-9._-]+)+$/,
    such: 'ghcr.io/acme/platform, acmestagingaks.azurecr.io/platform, 111122223333.dkr.ecr.us-east-1.amazonaws.com/acme-production-eks',
  },
  domain: {
    asks: 'Domain above those of the clusters',
    is: /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    such: 'acme.dev',
  },
  email: { asks: 'Address of those who run it', is: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, such: 'ops@acme.dev' },
};

/**
 * `slipway init`: makes a fork a team's own: writes its identity to every place that has one, takes out what it does not want, and
 * renders. Run again with the same answers, it changes nothing.
 *
 * @returns what was edited, and what people have to do
 * @throws Fault for each value that is none, and for names that are not there
 */
export async function init(workspace: Workspace, options: InitOptions): Promise<string> {
  const sources = new Sources(workspace.root);
  const before = identityOf(sources);
  const asks = !options.yes && stdin.isTTY && stdout.isTTY;
  // Nobody answers questions in vain.
  if (asks) refuseUncommitted(workspace.root);
  const after = await answers(before, options, asks);
  const kept = clustersToKeep(sources, options.clusters);
  const gone = toRemove(sources, options.without);
  writeIdentity(sources, before, after);
  removeServices(sources, gone.services);
  removeSections(sources, gone.sections);
  removeClusters(
    sources,
    clustersIn(sources).filter((name) => !kept.includes(name)),
  );
  const done = await carryOut(workspace, sources);
  const left = leftovers(new Sources(workspace.root));
  return [
    done,
    ...left.map(({ file, seen }) => `still the sample's: ${file}: ${seen}`),
    ...forPeople(new Sources(workspace.root), after),
  ].join('\n');
}

/** The identity: what is given, else what is answered, else what stands there. */
async function answers(before: Identity, options: InitOptions, asks: boolean): Promise<Identity> {
  const given = Object.fromEntries(
    Object.keys(QUESTIONS).map((key) => [key, options[key as keyof Identity]]),
  ) as Partial<Identity>;
  const found = asks ? await ask(before, given) : { ...before, ...withoutUndefined(given) };
  const registry = given.registry ?? (asks ? found.registry : registryBeside(found.repository, before));
  const after = { ...found, registry };
  throwIfAny(
    Object.entries(QUESTIONS).flatMap(([key, { is, such }]) => {
      const value = after[key as keyof Identity];
      return value === before[key as keyof Identity] || is.test(value)
        ? []
        : [misuse(`--${key} cannot be "${value}"`, value, `such as ${such}`)];
    }),
  );
  return after;
}

async function ask(before: Identity, given: Partial<Identity>): Promise<Identity> {
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    const found: Record<string, string> = {};
    for (const [key, { asks }] of Object.entries(QUESTIONS)) {
      const name = key as keyof Identity;
      const standing = name === 'registry' ? registryBeside(found['repository'] ?? '', before) : before[name];
      found[name] = given[name] ?? ((await terminal.question(`${asks} [${standing}]: `)).trim() || standing);
    }
    return found as unknown as Identity;
  } finally {
    terminal.close();
  }
}

function withoutUndefined(given: Partial<Identity>): Partial<Identity> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Images are where their repository is, if nothing else is said: GitHub's registry, for one that has come to github.com. */
function registryBeside(repository: string, before: Identity): string {
  const [, path] = /github\.com[/:](.+?)(?:\.git)?$/.exec(repository) ?? [];
  return path === undefined || repository === before.repository ? before.registry : `ghcr.io/${path.toLowerCase()}`;
}

function clustersToKeep(sources: Sources, asked: readonly string[] | undefined): string[] {
  const all = clustersIn(sources);
  return asked === undefined ? all : select('there is no cluster', all, asked);
}

function toRemove(
  sources: Sources,
  names: readonly string[] = [],
): { services: string[]; sections: string[]; absent: string[] } {
  const [services, sections] = [servicesIn(sources), sectionsIn(sources)];
  const known = [...services, ...sections];
  const absent = names.filter((name) => !known.includes(name));
  // What went before is no mistake, since the same command may run twice; what is nearly the name of something is.
  const typos = absent.filter((name) => suggest(name, known).startsWith('did you mean'));
  throwIfAny(typos.map((name) => unknown('there is neither a service nor a section', name, known)));
  const goneSections = sections.filter((name) => names.includes(name));
  // Whatever has its data there goes along.
  const onGone = new Set(goneSections.flatMap((section) => servicesOn(sources, section)));
  return {
    services: services.filter((name) => names.includes(name) || onGone.has(name)),
    sections: goneSections,
    absent,
  };
}

/** What no command can do. */
function forPeople(sources: Sources, { registry }: Identity): string[] {
  const withFacts = clustersIn(sources).filter(
    (name) =>
      sources.has(`bootstrap/roots/${name}/backend.tf`) &&
      sources.has(`clusters/${name}/facts.json`) &&
      sources.read(`clusters/${name}/facts.json`).includes('"00000000-'),
  );
  return [
    'left to do by people:',
    '  npm test, then commit and push',
    '  npx slipway doctor: rules, environments and variables of the repository on GitHub',
    ...(withFacts.length > 0
      ? [
          `  docs/runbooks/first-cluster.md: accounts and networks in bootstrap/modules/settings/main.tf; facts of ${withFacts.join(', ')}, which are examples until then`,
        ]
      : []),
    ...(loginOf(registry).variables.length > 0
      ? [`  docs/releases.md#registries: who publishes images to ${registry}`]
      : []),
    '  if images are private, a login to pull them by: docs/secrets.md',
    '  teams in CODEOWNERS, receivers of alerts, sizes of volumes: read clusters/',
  ];
}
