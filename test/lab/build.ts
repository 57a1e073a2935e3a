import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { fill, type Place } from './build/compile.ts';
import { type BuildOptions, checkGo } from './build/go.ts';
import { ALL, missingFrom, nameOf, type Part, partOf } from './build/parts.ts';
import { DEFINITIONS, PROGRAMS, UPSTREAMS, type Program } from './programs.ts';

/** The lab's programs and custom resource definitions. */
export interface Kit {
  /** Contains every program, and the CRDs in `definitions`. LAB_BIN can point to such a folder. */
  readonly folder: string;
  /**
   * Path of a program, which a growing kit may not have yet.
   * @throws Fault if the kit was opened without it
   */
  program(name: Program): string;
  /**
   * Path of a program once it is there.
   * @throws Fault if the kit was opened without it, or if it cannot be built and nothing runs without it
   */
  ready(name: Program): Promise<string>;
  /** Why a program is not there; the lab's kit then builds it. Undefined if it is there. */
  awaited(name: Program): 'building' | 'unbuilt' | undefined;
  /** Whether any program is still to be built. */
  isBuilding(): boolean;
  /** Programs whose builds failed, and that are not there. */
  unbuilt(): readonly Program[];
  /** Upstream repositories with CRDs: version from go.mod, and a folder with the same paths as the repository. */
  readonly upstreams: readonly { readonly url: string; readonly version: string; readonly folder: string }[];
}

/** What a kit is opened with. */
export interface KitOptions extends BuildOptions {
  /** Includes what only labs with real nodes run. @default false */
  readonly real?: boolean;
  /** The programs that are needed. @default all of labs with simulated nodes, and with `real` those of real ones */
  readonly programs?: readonly Program[];
}

const SCRATCH = 'building-';
/** Measured with empty Go caches; what only real nodes run, on a machine that did other work. */
const FIRST_BUILD = 'a first build of all takes about 28 minutes on 2 cores';
const FIRST_BUILD_REAL = 'a first build of all takes about 55 minutes on 2 cores';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Opens LAB_BIN if set, else the cache, after building its missing parts.
 * @throws Fault if LAB_BIN is incomplete, if Go is missing or outdated, or if a build fails
 */
export async function kit(options: KitOptions): Promise<Kit> {
  const { LAB_BIN } = options.env ?? process.env;
  const wanted = options.programs ?? ALL.filter((name) => options.real || !PROGRAMS[name].real);
  if (LAB_BIN) return complete(resolve(LAB_BIN), wanted);
  const cache = cacheFolder(options.env);
  const parts = [...wanted, DEFINITIONS].map((name) => partOf(cache, name));
  const missing = parts.filter((part) => !isComplete(part));
  if (missing.length > 0) {
    await prepare(cache, options);
    const names = missing.map(({ name }) => name).join(', ');
    options.say(`Building ${names} from Go modules into ${cache}; ${options.real ? FIRST_BUILD_REAL : FIRST_BUILD}`);
    for (const [index, part] of missing.entries())
      await buildPart(cache, part, { number: index + 1, of: missing.length }, options);
  }
  for (const { folder } of parts) touch(folder);
  return complete(linked(cache, parts), wanted);
}

/** Folder of what labs build and download, which outlives them. */
export function cacheFolder({ XDG_CACHE_HOME }: NodeJS.ProcessEnv = process.env): string {
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway', 'lab');
}

/** Path of a program that a lab has built before, or that LAB_BIN has; nothing is built for it. */
export function builtProgram(name: Program, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = env['LAB_BIN'] || partOf(cacheFolder(env), name).folder;
  return missingFrom(folder, [name]).length === 0 ? join(folder, name) : undefined;
}

/** Whether nothing of a part is missing. */
export function isComplete({ folder, names }: Part): boolean {
  return missingFrom(folder, names).length === 0;
}

/**
 * Makes the cache ready for builds.
 * @throws Fault if Go is missing or outdated
 */
export async function prepare(cache: string, options: BuildOptions): Promise<void> {
  await checkGo(options);
  mkdirSync(cache, { recursive: true });
  pruneCache(cache);
}

/** Builds a part into the cache. @throws Fault if that fails; then nothing is left of it */
export async function buildPart(
  cache: string,
  { name, folder, names }: Part,
  place: Place,
  options: BuildOptions,
): Promise<void> {
  const staging = scratch(cache);
  try {
    await fill(staging, name, place, options);
    install(staging, folder, names);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** A kit whose programs are all there. */
function complete(folder: string, wanted: readonly Program[]): Kit {
  const missing = missingFrom(folder, wanted);
  const upstreams = upstreamsIn(folder, missing);
  const program = (name: Program): string => {
    if (wanted.includes(name)) return join(folder, name);
    throw new Fault({
      what: `the lab was started without ${name}`,
      where: folder,
      fix: 'only labs with real nodes have it: open the kit with { real: true }',
    });
  };
  return {
    folder,
    program,
    ready: (name) => Promise.resolve(name).then(program),
    awaited: () => undefined,
    isBuilding: () => false,
    unbuilt: () => [],
    upstreams,
  };
}

/**
 * The upstream repositories that a folder has the CRDs of.
 *
 * @param missing what else was found to be missing in it
 * @throws Fault if anything is missing
 */
export function upstreamsIn(folder: string, missing: readonly string[] = []): Kit['upstreams'] {
  const held = existsSync(join(folder, DEFINITIONS)) ? readdirSync(join(folder, DEFINITIONS)) : [];
  const upstreams = UPSTREAMS.map(({ url }) => ({
    url,
    found: held.find((name) => name.startsWith(`${nameOf(url)}@`)),
  }));
  const all = [
    ...missing,
    ...upstreams.filter(({ found }) => !found).map(({ url }) => `${DEFINITIONS}/${nameOf(url)}@<version>`),
  ];
  if (all.length > 0) {
    throw new Fault({
      what: existsSync(folder) ? `LAB_BIN is missing ${all.join(', ')}` : 'LAB_BIN names a folder that does not exist',
      where: folder,
      fix: 'add what is missing, or unset LAB_BIN to build everything from test/lab/modules',
    });
  }
  return upstreams.map(({ url, found }) => ({
    url,
    version: found!.slice(nameOf(url).length + 1),
    folder: join(folder, DEFINITIONS, found!),
  }));
}

/** Links parts into one folder, also those that are still to be built. */
export function linked(cache: string, parts: readonly Part[]): string {
  const key = createHash('sha256')
    .update(parts.map(({ folder }) => basename(folder)).join())
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, `kit-${key}`);
  const links = parts.map(({ name, folder: to }) => ({
    name,
    to: name === DEFINITIONS ? join('..', basename(to)) : join('..', basename(to), name),
  }));
  const isThere = () => links.every(({ name }) => lstatSync(join(folder, name), { throwIfNoEntry: false }));
  if (!isThere()) {
    const staging = scratch(cache);
    for (const { name, to } of links) symlinkSync(to, join(staging, name));
    replace(staging, folder, isThere);
  }
  touch(folder);
  return folder;
}

/** Marks a folder of the cache as used. */
export function touch(folder: string): void {
  utimesSync(folder, new Date(), new Date());
}

/** Creates a temporary folder in the cache. */
export function scratch(cache: string): string {
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, SCRATCH));
}

/** Moves a complete folder into the cache atomically; a concurrent build may have been faster. */
export function install(staging: string, folder: string, names: readonly string[]): void {
  replace(staging, folder, () => missingFrom(folder, names).length === 0);
}

function replace(staging: string, folder: string, isThere: () => boolean): void {
  try {
    renameSync(staging, folder);
  } catch {
    if (isThere()) return rmSync(staging, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(staging, folder);
  }
}

/** Removes leftovers of killed builds, and parts that were not used for a month. */
function pruneCache(cache: string): void {
  pruneUnused(cache, 1, SCRATCH);
  pruneUnused(cache, 30);
}

/** Removes what was not used for a number of days, by its time of modification, in the order of names. */
export function pruneUnused(folder: string, days: number, prefix = ''): void {
  for (const name of readdirSync(folder)
    .sort()
    .filter((one) => one.startsWith(prefix))) {
    const { mtimeMs } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > days * DAY_MS) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
