import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';
import { DEFINITIONS, PROGRAMS, UPSTREAMS, type Program } from '../programs.ts';

export { DEFINITIONS };

/** What is built at once: a program, or the CRDs. */
export type PartName = Program | typeof DEFINITIONS;

/** A folder of the cache. */
export interface Part {
  readonly name: PartName;
  readonly folder: string;
  /** Its contents once complete. */
  readonly names: readonly string[];
}

/** Folder of the Go modules. */
export const MODULES = join(import.meta.dirname, '..', 'modules');
/** All programs, in build order. */
export const ALL = Object.keys(PROGRAMS) as Program[];
/** Flags of all builds, for GOFLAGS. */
export const FLAGS = '-mod=readonly -trimpath -buildvcs=false';
/** What is built for: this machine, static. */
export const TARGET = {
  GOOS: platform() === 'win32' ? 'windows' : platform(),
  GOARCH: arch() === 'x64' ? 'amd64' : arch(),
  CGO_ENABLED: '0',
};

/** A part's folder in the cache, and what it holds. */
export function partOf(cache: string, name: PartName): Part {
  const names =
    name === DEFINITIONS ? UPSTREAMS.map(({ url, module }) => `${nameOf(url)}@${versionOf(module)}`) : [name];
  return { name, folder: join(cache, `${name}-${keyOf(name)}`), names };
}

/** The folder in `MODULES` that a part is built from. */
export function moduleOf(name: PartName): string {
  return name === DEFINITIONS ? DEFINITIONS : PROGRAMS[name].module;
}

/** Cache key of a part: a hash of everything that determines the build's output, independent of paths. */
export function keyOf(name: PartName, folder = join(MODULES, moduleOf(name))): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(^|[\\/])go\.(mod|sum)$|\.go$/.test(file),
  );
  const content = files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
  const recipe = name === DEFINITIONS ? UPSTREAMS : [recipeOf(name, folder)];
  return createHash('sha256')
    .update(JSON.stringify([content, recipe, FLAGS, TARGET]))
    .digest('hex')
    .slice(0, 16);
}

function recipeOf(name: Program, folder: string): unknown {
  const { package: main, cgo, tags, generated } = PROGRAMS[name];
  return [name, main, ldflags(name, folder), ...[cgo, tags, generated].filter(Boolean)];
}

/** `owner+name` of a repository. */
export function nameOf(url: string): string {
  return new URL(url).pathname
    .slice(1)
    .replace(/\.git$/, '')
    .replaceAll('/', '+');
}

/** The version of a module that a go.mod requires. */
export function versionOf(module: string, folder = join(MODULES, DEFINITIONS)): string {
  const file = join(folder, 'go.mod');
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().replace(/^require /, ''));
  const found = lines.find((line) => line.startsWith(`${module} v`))?.split(' ')[1];
  if (found === undefined) throw new Fault({ what: `${module} has no version`, where: file, fix: 'require it there' });
  return found;
}

/** What the linker is told of a program. */
export function ldflags(name: Program, folder = join(MODULES, PROGRAMS[name].module)): string {
  const { stamp } = PROGRAMS[name];
  const variables = stamp ? Object.entries(stamp.variables(versionOf(stamp.of, folder))) : [];
  return ['-s', '-w', ...variables.flatMap(([variable, value]) => ['-X', `${variable}=${value}`])].join(' ');
}

/** Names of files that are missing or not executable. */
export function missingFrom(folder: string, names: readonly string[]): string[] {
  return names.filter((name) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
}
