import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { arch, homedir, platform } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../charts/fault.ts';
import { completed } from './completed.ts';
import { DEFINITIONS, PROGRAMS, UPSTREAMS, type Program } from './programs.ts';

/** The lab's programs and custom resource definitions, ready to use. */
export interface Kit {
  /** Contains every program, and the CRDs in `definitions`. LAB_BIN can point to such a folder. */
  readonly folder: string;
  /**
   * Path of a program.
   * @throws Fault if the kit was opened without it
   */
  program(name: Program): string;
  /** Upstream repositories with CRDs: version from go.mod, and a folder with the same paths as the repository. */
  readonly upstreams: readonly { readonly url: string; readonly version: string; readonly folder: string }[];
}

interface Options {
  /** Receives progress messages. */
  say(line: string): void;
  /** Includes what only labs with real nodes run. @default false */
  readonly real?: boolean;
  /** The programs that are needed. @default all of labs with simulated nodes, and with `real` those of real ones */
  readonly programs?: readonly Program[];
  /** Aborts a build: kills the compiler and removes its output. */
  readonly signal?: AbortSignal;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** A folder of the cache: programs of a Go module, or the CRDs. */
interface Part {
  /** Name of its folder, before the cache key. */
  readonly name: string;
  readonly module: string;
  readonly folder: string;
  /** Its contents once complete. */
  readonly names: readonly string[];
}

const MODULES = join(dirname(fileURLToPath(import.meta.url)), 'modules');
const ALL = Object.keys(PROGRAMS) as Program[];
const REAL = '-real';
const FLAGS = '-mod=readonly -trimpath -buildvcs=false';
const TARGET = {
  GOOS: platform() === 'win32' ? 'windows' : platform(),
  GOARCH: arch() === 'x64' ? 'amd64' : arch(),
  CGO_ENABLED: '0',
};
const SCRATCH = 'building-';
/** Measured with empty Go caches; what only real nodes run, on a machine that did other work. */
const FIRST_BUILD = 'a first build of all takes about 28 minutes on 2 cores';
const FIRST_BUILD_REAL = 'a first build of all takes about 55 minutes on 2 cores';
const PROGRESS_MS = 15_000;
const TAIL_LINES = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Opens LAB_BIN if set, else the cache, after building its missing parts.
 * @throws Fault if LAB_BIN is incomplete, if Go is missing or outdated, or if a build fails
 */
export async function kit(options: Options): Promise<Kit> {
  const { LAB_BIN } = options.env ?? process.env;
  const wanted = options.programs ?? ALL.filter((name) => options.real || !PROGRAMS[name].real);
  if (LAB_BIN) return open(resolve(LAB_BIN), wanted);
  const cache = cacheFolder(options.env);
  const parts = partsOf(wanted).map((name) => part(cache, name));
  const missing = parts.filter(({ folder, names }) => missingFrom(folder, names).length > 0);
  if (missing.length > 0) await build(cache, missing, options);
  for (const { folder } of parts) utimesSync(folder, new Date(), new Date());
  return open(linked(cache, parts), wanted);
}

/** Folder of what labs build and download, which outlives them. */
export function cacheFolder({ XDG_CACHE_HOME }: NodeJS.ProcessEnv = process.env): string {
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway', 'lab');
}

/** Path of a program that a lab has built before, or that LAB_BIN has; nothing is built for it. */
export function builtProgram(name: Program, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = env['LAB_BIN'] || part(cacheFolder(env), partOf(name)).folder;
  return missingFrom(folder, [name]).length === 0 ? join(folder, name) : undefined;
}

/** The part that a program belongs to: its module, or what only labs with real nodes run of it. */
function partOf(name: Program): string {
  const { module, real } = PROGRAMS[name];
  return real && ALL.some((other) => PROGRAMS[other].module === module && !PROGRAMS[other].real)
    ? `${module}${REAL}`
    : module;
}

/** The parts of programs, and the CRDs, in build order. */
function partsOf(programs: readonly Program[]): string[] {
  return [...new Set([...programs.map(partOf), DEFINITIONS])];
}

/** Cache key of a part: a hash of everything that determines the build's output, independent of paths. */
export function keyOf(name: string, folder = join(MODULES, moduleOf(name))): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(^|[\\/])go\.(mod|sum)$|\.go$/.test(file),
  );
  const content = files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
  const recipe =
    name === DEFINITIONS
      ? UPSTREAMS
      : programsOf(name).map((program) => [
          program,
          PROGRAMS[program].package,
          ldflags(program, folder),
          ...[PROGRAMS[program].cgo, PROGRAMS[program].tags, PROGRAMS[program].generated].filter(Boolean),
        ]);
  return createHash('sha256')
    .update(JSON.stringify([content, recipe, FLAGS, TARGET]))
    .digest('hex')
    .slice(0, 16);
}

function programsOf(wanted: string): Program[] {
  return ALL.filter((name) => partOf(name) === wanted);
}

function moduleOf(name: string): string {
  return name.endsWith(REAL) ? name.slice(0, -REAL.length) : name;
}

function part(cache: string, name: string): Part {
  const names =
    name === DEFINITIONS ? UPSTREAMS.map(({ url, module }) => `${nameOf(url)}@${version(module)}`) : programsOf(name);
  return { name, module: moduleOf(name), folder: join(cache, `${name}-${keyOf(name)}`), names };
}

/** `owner+name` of a repository. */
function nameOf(url: string): string {
  return new URL(url).pathname
    .slice(1)
    .replace(/\.git$/, '')
    .replaceAll('/', '+');
}

/** The version of a module that a go.mod requires. */
function version(of: string, folder = join(MODULES, DEFINITIONS)): string {
  const file = join(folder, 'go.mod');
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().replace(/^require /, ''));
  const found = lines.find((line) => line.startsWith(`${of} v`))?.split(' ')[1];
  if (found === undefined) throw new Fault({ what: `${of} has no version`, where: file, fix: 'require it there' });
  return found;
}

function ldflags(name: Program, folder = join(MODULES, PROGRAMS[name].module)): string {
  const { stamp } = PROGRAMS[name];
  const variables = stamp ? Object.entries(stamp.variables(version(stamp.of, folder))) : [];
  return ['-s', '-w', ...variables.flatMap(([variable, value]) => ['-X', `${variable}=${value}`])].join(' ');
}

/** Names of files that are missing or not executable. */
function missingFrom(folder: string, names: readonly string[]): string[] {
  return names.filter((name) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
}

/** Opens a complete folder. */
function open(folder: string, wanted: readonly Program[]): Kit {
  const held = existsSync(join(folder, DEFINITIONS)) ? readdirSync(join(folder, DEFINITIONS)) : [];
  const upstreams = UPSTREAMS.map(({ url }) => ({
    url,
    found: held.find((name) => name.startsWith(`${nameOf(url)}@`)),
  }));
  const missing = [
    ...missingFrom(folder, wanted),
    ...upstreams.filter(({ found }) => !found).map(({ url }) => `${DEFINITIONS}/${nameOf(url)}@<version>`),
  ];
  if (missing.length > 0) {
    throw new Fault({
      what: existsSync(folder)
        ? `LAB_BIN is missing ${missing.join(', ')}`
        : 'LAB_BIN names a folder that does not exist',
      where: folder,
      fix: 'add what is missing, or unset LAB_BIN to build everything from test/lab/modules',
    });
  }
  return {
    folder,
    program: (name) => {
      if (wanted.includes(name)) return join(folder, name);
      throw new Fault({
        what: `the lab was started without ${name}`,
        where: folder,
        fix: 'only labs with real nodes have it: open the kit with { real: true }',
      });
    },
    upstreams: upstreams.map(({ url, found }) => ({
      url,
      version: found!.slice(nameOf(url).length + 1),
      folder: join(folder, DEFINITIONS, found!),
    })),
  };
}

/** Links all parts into one folder. */
function linked(cache: string, parts: readonly Part[]): string {
  const key = createHash('sha256')
    .update(parts.map(({ folder }) => basename(folder)).join())
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, `kit-${key}`);
  const links = new Map<string, string>();
  for (const { name: of, folder: to, names } of parts) {
    if (of === DEFINITIONS) links.set(DEFINITIONS, join('..', basename(to)));
    else for (const name of names) links.set(name, join('..', basename(to), name));
  }
  if (missingFrom(folder, [...links.keys()]).length > 0) {
    const staging = scratch(cache);
    for (const [name, to] of links) symlinkSync(to, join(staging, name));
    install(staging, folder, [...links.keys()]);
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

async function build(cache: string, missing: readonly Part[], options: Options): Promise<void> {
  await checkGo(options);
  const names = missing.flatMap(({ name, names: held }) => (name === DEFINITIONS ? [DEFINITIONS] : held));
  options.say(
    `Building ${names.join(', ')} from Go modules into ${cache}; ${options.real ? FIRST_BUILD_REAL : FIRST_BUILD}`,
  );
  mkdirSync(cache, { recursive: true });
  pruneCache(cache);
  for (const { name, folder, names: wanted } of missing) {
    const staging = scratch(cache);
    try {
      await (name === DEFINITIONS ? fetchDefinitions(staging, options) : compile(name, staging, options));
      install(staging, folder, wanted);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }
}

async function compile(wanted: string, staging: string, options: Options): Promise<void> {
  const work = join(staging, '.work');
  for (const name of programsOf(wanted)) {
    const { cgo, tags = cgo, generated, package: main, module } = PROGRAMS[name];
    // Go's temporary folder inside ours, so that it is removed however Go ends.
    mkdirSync(work, { recursive: true });
    await withProgress(name, options, async (onLine) => {
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
    });
    rmSync(work, { recursive: true, force: true });
  }
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

async function fetchDefinitions(staging: string, options: Options): Promise<void> {
  await withProgress(DEFINITIONS, options, async (onLine) => {
    const run = { name: DEFINITIONS, module: DEFINITIONS, options, onLine };
    const wanted = UPSTREAMS.map(({ module }) => module);
    await go(['mod', 'download', '-x', ...wanted], run);
    const downloaded = (await go(['list', '-m', '-f', '{{.Dir}}', ...wanted], run)).trim().split('\n');
    for (const [index, { url, module, at = '', folders }] of UPSTREAMS.entries()) {
      for (const folder of folders)
        copyYaml(join(downloaded[index]!, folder), join(staging, `${nameOf(url)}@${version(module)}`, at, folder));
    }
  });
}

/** Copies contents only: the module cache is read-only, and copied file modes would be too. */
function copyYaml(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml')))
    writeFileSync(join(to, file), readFileSync(join(from, file)));
}

/** Reports start, progress and end of some work. */
async function withProgress(
  name: string,
  options: Options,
  work: (onLine: (line: string) => void) => Promise<unknown>,
): Promise<void> {
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  let packages = 0;
  let downloads = 0;
  const beat = setInterval(
    () => options.say(`  ${name}: ${seconds()}, ${downloads} modules downloaded, ${packages} packages compiled`),
    PROGRESS_MS,
  );
  options.say(`  ${name} …`);
  try {
    await work((line) => {
      if (/^go: downloading |\.zip: 200 OK/.test(line)) downloads += 1;
      else if (!line.startsWith('#') && !line.includes(' ')) packages += 1;
    });
  } finally {
    clearInterval(beat);
  }
  options.say(`  ${name}: ready after ${seconds()}`);
}

/** @throws Fault if Go is missing, or older than a go.mod requires and unable to fetch a newer toolchain */
async function checkGo(options: Options): Promise<void> {
  const asked = [...new Set(partsOf(ALL).map(moduleOf))].map((module) => ({
    module,
    required: /^go (.+)$/m.exec(readFileSync(join(MODULES, module, 'go.mod'), 'utf8'))![1]!,
  }));
  const { module, required } = asked.sort((a, b) => compare(b.required, a.required))[0]!;
  const seen = await go(['env', 'GOVERSION'], { name: 'go', module, options }).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  const found = seen && /^go([\d.]+)/.exec(seen)?.[1];
  if (seen && (!found || compare(found, required) >= 0)) return;
  throw new Fault({
    what: `the lab's programs are built from source, which needs Go ${required} or newer`,
    seen: seen ? seen.trim() : 'no go on the PATH',
    fix: 'install it from https://go.dev/dl, or set LAB_BIN to a folder with the programs',
  });
}

interface Run {
  /** What is being built, for messages. */
  readonly name: string;
  readonly module: string;
  /** Links with C libraries. */
  readonly cgo?: boolean;
  readonly options: Options;
  readonly work?: string;
  readonly onLine?: (line: string) => void;
}

/** Runs Go in a module's folder and returns its output. */
async function go(
  args: readonly string[],
  { name, module, cgo, options: { signal, env = process.env }, work, onLine }: Run,
): Promise<string> {
  signal?.throwIfAborted();
  const cwd = join(MODULES, module);
  const child = spawn('go', args, {
    cwd,
    env: {
      ...env,
      ...TARGET,
      ...(cgo && { CGO_ENABLED: '1' }),
      GOFLAGS: FLAGS,
      GOWORK: 'off',
      ...(work && { GOTMPDIR: work }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // With its own process group an abort kills Go's compilers too. Without a signal it stays in ours, so that Ctrl-C
    // reaches it.
    detached: signal !== undefined,
  });
  const end = () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL');
  signal?.addEventListener('abort', end);
  const tail: string[] = [];
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  createInterface(child.stderr).on('line', (line) => {
    onLine?.(line);
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  });
  try {
    const code = await new Promise((ended, failed) => child.on('error', failed).on('close', ended));
    signal?.throwIfAborted();
    if (code === 0) return output;
  } finally {
    signal?.removeEventListener('abort', end);
  }
  throw new Fault({
    what: `${name} cannot be built`,
    where: relative(dirname(dirname(dirname(MODULES))), cwd),
    seen: tail.join('\n        '),
    fix: 'fix the error that Go reports; if it is the network, try again: compiled packages are kept',
  });
}

/** Creates a temporary folder in the cache. */
export function scratch(cache: string): string {
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, SCRATCH));
}

/** Moves a complete folder into the cache atomically; a concurrent build may have been faster. */
export function install(staging: string, folder: string, names: readonly string[]): void {
  try {
    renameSync(staging, folder);
  } catch {
    if (missingFrom(folder, names).length === 0) return rmSync(staging, { recursive: true });
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

/** Compares versions such as 1.26 and 1.26.3. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
