import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, throwIfAny } from '../../charts/fault.ts';
import { pinsSchema } from '../../charts/pins.ts';
import type { UpstreamFacts, UpstreamVersion } from '../../charts/upstream/facts.ts';
import { UPSTREAM_PROJECTS, type UpstreamProject } from '../../charts/upstream/projects.ts';
import { checkJson } from '../check.ts';
import { clusterNames } from '../load.ts';
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
  { root }: Workspace,
  asked: readonly string[],
  { write, projects = UPSTREAM_PROJECTS }: UpstreamOptions,
): Promise<string> {
  const lines: string[] = [];
  const problems: Problem[] = [];
  for (const project of projects.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const file = `charts/upstream/${project.name}.json`;
    const facts = await factsOf(project, versionsOf(root, project), { file });
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
        what: `the facts of ${shown} differ from its repository`,
        file,
        fix: 'run `npx slipway upstream --write`, and review what has changed',
      });
  }
  throwIfAny(problems);
  return lines.join('\n');
}

/** Clusters of tests, which keep their versions when those of a fork are upgraded. */
const TEST_CLUSTERS = ['test/fleets/clusters', 'test/fixtures'];

/** The versions of a project that clusters pin, those of tests too, sorted. */
function versionsOf(root: string, { pin }: UpstreamProject): string[] {
  const versions = pinFiles(root).flatMap((file) => checkJson(pinsSchema, file, root)[pin]?.version ?? []);
  return [...new Set(versions)].sort();
}

function pinFiles(root: string): string[] {
  const folders = TEST_CLUSTERS.filter((folder) => existsSync(join(root, folder)));
  const ofTests = folders.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/pins.json`),
  );
  return [
    ...clusterNames(root).map((name) => `clusters/${name}/pins.json`),
    ...ofTests.filter((file) => existsSync(join(root, file))),
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
