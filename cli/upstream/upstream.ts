import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, throwIfAny } from '../../charts/fault.ts';
import { pinsSchema } from '../../charts/pins.ts';
import type { UpstreamFacts, UpstreamVersion } from '../../charts/upstream/facts.ts';
import { UPSTREAM_PROJECTS, type UpstreamProject } from '../../charts/upstream/projects.ts';
import { checkJson } from '../check.ts';
import type { Importer } from '../exported.ts';
import { pinsIn } from '../pin-files.ts';
import { loadRings } from '../rings.ts';
import { inTemporaryFolder, type Place } from '../sources/unpack.ts';
import type { Workspace } from '../synth.ts';
import { jsonText } from './json.ts';
import { reduced } from './reduce.ts';
import { checkOut, objectsOf, sourcesOf } from './repository.ts';

/** Options of `slipway upstream`. */
interface UpstreamOptions {
  /** Writes the facts of the pinned versions, and removes those of others. */
  readonly write: boolean;
  /** @default UPSTREAM_PROJECTS */
  readonly projects?: readonly UpstreamProject[];
}

/**
 * `slipway upstream [PROJECT…]`: reads the rights, webhooks and kinds of the pinned versions from the projects'
 * repositories, and compares them with the facts in charts/upstream/.
 *
 * @throws Fault for each project whose facts differ, unless they are written
 */
export async function upstream(
  { root, importer }: Workspace,
  asked: readonly string[],
  { write, projects = UPSTREAM_PROJECTS }: UpstreamOptions,
): Promise<string> {
  const lines: string[] = [];
  const problems: Problem[] = [];
  const pins = await pinnedVersions(root, importer);
  for (const project of projects.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const file = `charts/upstream/${project.name}.json`;
    const facts = await factsOf(project, versionsOf(project, pins), { file });
    const text = jsonText(facts);
    const path = join(root, file);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    const shown = `${project.name}: ${Object.keys(facts).join(', ') || 'not pinned'}`;
    if (before === text) lines.push(`${shown}: up to date`);
    else if (write) {
      mkdirSync(join(root, 'charts/upstream'), { recursive: true });
      writeFileSync(path, text);
      lines.push(`${shown}: wrote ${file}: review what has changed`);
    } else
      problems.push({
        kind: 'difference',
        what: `the facts of ${shown} differ from its repository`,
        file,
        fix: 'run `npx slipway upstream --write`, and review what has changed',
      });
  }
  throwIfAny(problems);
  return lines.join('\n');
}

/** Pins of tests: their clusters keep their versions when those of a fork are upgraded. */
const OF_TESTS = ['test/fleets/clusters/pins', 'test/fixtures/valid/pins'];

/** The versions of a project that clusters pin, those of tests too, sorted. */
function versionsOf({ pin }: UpstreamProject, pins: readonly Versions[]): string[] {
  return [...new Set(pins.filter(({ name }) => name === pin).map(({ version }) => version))].sort();
}

interface Versions {
  readonly name: string;
  readonly version: string;
}

async function pinnedVersions(root: string, importer: Importer): Promise<Versions[]> {
  const rings = await loadRings(root, importer);
  const ofTests = OF_TESTS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => Object.entries(checkJson(pinsSchema, join(folder, file), root))),
  );
  return [
    ...rings.flatMap((ring) => pinsIn(root, ring).map(({ name, pin }) => ({ name, version: pin.version }))),
    ...ofTests.map(([name, { version }]) => ({ name, version })),
  ];
}

async function factsOf(project: UpstreamProject, versions: readonly string[], place: Place): Promise<UpstreamFacts> {
  const facts: [string, UpstreamVersion][] = [];
  for (const version of versions)
    facts.push([
      version,
      await inTemporaryFolder(async (temporary) => {
        const folder = join(temporary, 'repository');
        const home = join(temporary, 'home');
        mkdirSync(home);
        await checkOut(project, version, folder, place);
        // First: rendering changes the chart's metadata.
        const sources = sourcesOf(project, version, folder);
        return { sources, ...reduced(await objectsOf(project, folder, place, home)) };
      }),
    ]);
  return Object.fromEntries(facts);
}
