import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completed } from '../completed.ts';
import { PROGRAMS, UPSTREAMS, type Program } from '../programs.ts';
import { type BuildOptions, go, type Run } from './go.ts';
import { DEFINITIONS, ldflags, MODULES, nameOf, type PartName, versionOf } from './parts.ts';

/** A part's place among all that are built. */
export interface Place {
  /** From 1 on. */
  readonly number: number;
  readonly of: number;
}

const PROGRESS_MS = 15_000;

/** Fills a folder with a program, or with the CRDs, and reports start, progress and end. */
export async function fill(staging: string, name: PartName, place: Place, options: BuildOptions): Promise<void> {
  await withProgress(`${name} (${place.number} of ${place.of})`, options, (onLine) =>
    name === DEFINITIONS ? fetchDefinitions(staging, options, onLine) : compile(name, staging, options, onLine),
  );
}

type OnLine = NonNullable<Run['onLine']>;

async function compile(name: Program, staging: string, options: BuildOptions, onLine: OnLine): Promise<void> {
  const { cgo, tags = cgo, generated, package: main, module } = PROGRAMS[name];
  // Go's temporary folder inside ours, so that it is removed however Go ends.
  const work = join(staging, '.work');
  mkdirSync(work, { recursive: true });
  const run = { name, module, cgo: cgo !== undefined, options, work, onLine };
  await go(
    [
      'build',
      '-v',
      ...(tags === undefined ? [] : ['-tags', tags]),
      ...(generated === undefined ? [] : ['-modfile', await withGenerated(generated, run)]),
      '-ldflags',
      ldflags(name),
      '-o',
      join(staging, name),
      main,
    ],
    run,
  );
  rmSync(work, { recursive: true, force: true });
}

/** Downloads a module, and completes a copy of it. @returns a go.mod that has the copy in its place */
async function withGenerated(
  { of, files }: NonNullable<(typeof PROGRAMS)[Program]['generated']>,
  run: Run & { work: string },
): Promise<string> {
  await go(['mod', 'download', of], run);
  const original = (await go(['list', '-m', '-f', '{{.Dir}}', of], run)).trim();
  return completed({ of, original, files, requiredBy: join(MODULES, run.module), into: join(run.work, 'completed') });
}

async function fetchDefinitions(staging: string, options: BuildOptions, onLine: OnLine): Promise<void> {
  const run = { name: DEFINITIONS, module: DEFINITIONS, options, onLine };
  const wanted = UPSTREAMS.map(({ module }) => module);
  await go(['mod', 'download', '-x', ...wanted], run);
  const downloaded = (await go(['list', '-m', '-f', '{{.Dir}}', ...wanted], run)).trim().split('\n');
  for (const [index, { url, module, at = '', folders }] of UPSTREAMS.entries()) {
    for (const folder of folders)
      copyYaml(join(downloaded[index]!, folder), join(staging, `${nameOf(url)}@${versionOf(module)}`, at, folder));
  }
}

/** Copies contents only: the module cache is read-only, and copied file modes would be too. */
function copyYaml(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml')))
    writeFileSync(join(to, file), readFileSync(join(from, file)));
}

/** Reports start, progress and end of some work. */
async function withProgress(
  what: string,
  options: BuildOptions,
  work: (onLine: OnLine) => Promise<unknown>,
): Promise<void> {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  let packages = 0;
  let downloads = 0;
  const beat = setInterval(
    () => options.say(`  ${what}: ${seconds()}, ${downloads} modules downloaded, ${packages} packages compiled`),
    PROGRESS_MS,
  );
  options.say(`  ${what} …`);
  try {
    await work((line) => {
      if (/^go: downloading |\.zip: 200 OK/.test(line)) downloads += 1;
      else if (!line.startsWith('#') && !line.includes(' ')) packages += 1;
    });
  } finally {
    clearInterval(beat);
  }
  options.say(`  ${what}: ready after ${seconds()}`);
}
