/**
 * Builds an image by its Dockerfile into a folder: the same commands on the same files in the same order, with the Node
 * and npm of this machine. Only the base image, which needs a container engine, is missing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDockerfile, type Stage } from './dockerfile.ts';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The services, by the names of their folders: each workspace with a Dockerfile. */
export const SERVICES: readonly string[] = readdirSync(join(root, 'apps'))
  .filter((name) => existsSync(join(root, 'apps', name, 'Dockerfile')))
  .toSorted();

/** True if a service has a database: its package then depends on mongoose. */
export function hasDatabase(service: string): boolean {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'apps', service, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return 'mongoose' in dependencies;
}

/** The run configuration of an image. */
export interface ImageConfig {
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly number[];
  readonly entrypoint: readonly string[];
}

/** An image as a folder. */
export interface Image {
  /** Its root file system, without the files of the base image. */
  readonly folder: string;
  readonly config: ImageConfig;
}

const CACHE = join(root, 'node_modules', '.cache', 'slipway-images');

/** Paths excluded from the build context; a test compares them with .dockerignore. */
export const IGNORED = /(^|\/)(node_modules|build)(\/|$)|\.spec\.ts$|^apps\/common\/src\/(mongo\/)?testing(\/|$)/;

/** Builds the image of a service, or returns it from the cache if its inputs are unchanged. */
export function cachedImage(service: string): Image {
  const { stages, key } = inputs(service);
  const folder = join(CACHE, `${service}-${key}`);
  if (!existsSync(folder)) {
    for (const old of existsSync(CACHE) ? readdirSync(CACHE) : [])
      if (old.startsWith(`${service}-`)) remove(join(CACHE, old));
    buildImage(service, `${folder}.partial`);
    renameSync(`${folder}.partial`, folder);
  }
  return { folder, config: configOf(stages) };
}

/** Builds the image of a service into a folder, without the cache. */
export function buildImage(service: string, folder: string): void {
  const { stages } = inputs(service);
  // Outside this repository, whose node_modules would be resolved otherwise.
  const work = mkdtempSync(join(tmpdir(), 'slipway-build-'));
  remove(folder);
  try {
    for (const [i, stage] of stages.entries()) runStage(stage, stages, work, i);
    mkdirSync(dirname(folder), { recursive: true });
    execFileSync('cp', ['-a', join(work, String(stages.length - 1)), folder]);
    // As in a container: readable by every user, writable by none.
    execFileSync('chmod', ['-R', 'a-w,a+rX', folder]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Removes an image, whose folders are read-only. */
export function remove(folder: string): void {
  if (!existsSync(folder)) return;
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}

/** SHA-256 of every regular file in a folder, by path. */
export function treeHash(folder: string): Record<string, string> {
  const list = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    list
      .toSorted()
      .map((file) => [relative(folder, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

function inputs(service: string): { readonly stages: readonly Stage[]; readonly key: string } {
  const file = `apps/${service}/Dockerfile`;
  const text = readFileSync(join(root, file), 'utf8');
  const stages = parseDockerfile(text, file);
  const hash = createHash('sha256').update(`${process.versions.node} ${text}`);
  for (const step of stages.flatMap(({ steps }) => steps)) {
    if (step.do !== 'copy' || step.from !== undefined) continue;
    for (const source of step.sources)
      for (const path of contextFiles(source)) hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return { stages, key: hash.digest('hex').slice(0, 16) };
}

/** The files of a path of the build context, sorted. */
function contextFiles(source: string): string[] {
  if (statSync(join(root, source)).isFile()) return [source];
  return readdirSync(join(root, source), { withFileTypes: true })
    .map(({ name }) => join(source, name))
    .filter((path) => !IGNORED.test(path))
    .toSorted()
    .flatMap(contextFiles);
}

function runStage(stage: Stage, stages: readonly Stage[], work: string, index: number): void {
  const folder = join(work, String(index));
  mkdirSync(folder, { recursive: true });
  let workdir = '/';
  const env: Record<string, string> = {};
  for (const step of stage.steps) {
    const here = join(folder, workdir);
    if (step.do === 'workdir') {
      workdir = resolve(workdir, step.path);
      mkdirSync(join(folder, workdir), { recursive: true });
    } else if (step.do === 'env') env[step.name] = step.value;
    else if (step.do === 'run') run(step.command, here, env);
    else if (step.do === 'copy') {
      const from =
        step.from === undefined ? root : join(work, String(stages.findIndex(({ name }) => name === step.from)));
      for (const source of step.sources) copy(from, source, here, step.target, step.from === undefined);
    }
  }
}

function copy(from: string, source: string, here: string, target: string, isContext: boolean): void {
  const path = join(from, source);
  const into = resolve(here, target);
  const to = statSync(path).isDirectory() || !target.endsWith('/') ? into : join(into, source.split('/').at(-1) ?? '');
  cpSync(path, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !isContext || !IGNORED.test(relative(from, file)),
  });
}

/** Runs a command in an environment like that of the base image, plus PATH, HOME and npm's configuration. */
function run(command: string, cwd: string, env: Readonly<Record<string, string>>): void {
  const { PATH, HOME } = process.env;
  const npm = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^npm_config_(cache|registry|userconfig)$/i.test(name)),
  );
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
    cwd,
    env: { PATH, HOME, ...npm, npm_config_prefer_offline: 'true', ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`RUN ${command}\nexited with ${status}:\n${stdout}${stderr}`);
}

function configOf(stages: readonly Stage[]): ImageConfig {
  const config = {
    workdir: '/',
    env: {} as Record<string, string>,
    user: '',
    ports: [] as number[],
    entrypoint: [] as string[],
  };
  for (const step of stages.at(-1)?.steps ?? []) {
    if (step.do === 'workdir') config.workdir = step.path;
    else if (step.do === 'env') config.env[step.name] = step.value;
    else if (step.do === 'user') config.user = step.user;
    else if (step.do === 'expose') config.ports.push(...step.ports);
    else if (step.do === 'entrypoint') config.entrypoint = [...step.command];
  }
  return config;
}

/** As a program: builds all images and prints their folders. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const service of SERVICES) console.log(`${service}: ${cachedImage(service).folder}`);
}
