import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { run } from '../measure.ts';

/** Where a program comes from. Renovate moves the version. */
type Source = { readonly module: string; readonly package?: string } | { readonly crate: string };

interface Recipe {
  readonly source: Source & { readonly version: string };
  readonly command: string;
  /** What it answers to `--version`; undefined if it cannot say. */
  readonly answer?: RegExp;
}

const RECIPES = {
  'go-jsonnet': {
    source: { module: 'github.com/google/go-jsonnet', version: 'v0.22.0', package: 'cmd/jsonnet' },
    command: 'jsonnet',
    // The implementation in C++ has the same name.
    answer: /Go implementation\) (v\S+)/,
  },
  jrsonnet: {
    source: { crate: 'jrsonnet', version: '0.5.0-pre98' },
    command: 'jrsonnet',
    answer: /^jrsonnet (\S+)/,
  },
  gojsontoyaml: {
    source: { module: 'github.com/brancz/gojsontoyaml', version: 'v0.1.0' },
    command: 'gojsontoyaml',
  },
} as const satisfies Readonly<Record<string, Recipe>>;

export type ProgramName = keyof typeof RECIPES;

/** A program that is there. */
export interface Program {
  readonly path: string;
  /** Name and version. */
  readonly title: string;
}

/**
 * Finds a program on PATH, else in the cache, else builds it there.
 *
 * @param env says where to look: PATH, and XDG_CACHE_HOME, else `.cache` of the home folder
 * @returns the program, or why there is none
 */
export function findProgram(name: ProgramName, env = process.env): Program | { readonly missing: string } {
  const recipe: Recipe = RECIPES[name];
  const { version } = recipe.source;
  const folder = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slipway', 'bench', `${name}-${version}`);
  const onPath = (env['PATH'] ?? '').split(delimiter).map((path) => join(path, recipe.command));
  const built = join(folder, 'bin', recipe.command);
  const found = [...onPath, built].find((file) => existsSync(file) && isAsked(file, recipe));
  if (found === undefined) {
    const fault = build(recipe.source, folder, env);
    if (fault !== undefined) return { missing: `${recipe.command} is not on PATH, and cannot be built: ${fault}` };
  }
  const path = found ?? built;
  return { path, title: `${name} ${versionOf(path, recipe)}` };
}

/** @returns why it could not be built, if so */
function build(source: Recipe['source'], folder: string, env: NodeJS.ProcessEnv): string | undefined {
  console.error(`building ${basename(folder)} into ${folder}, which takes some minutes`);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  try {
    if ('crate' in source) {
      const args = ['install', source.crate, '--version', source.version, '--locked', '--root', folder];
      run('cargo', args, { cwd: folder, env });
    } else {
      const packagePath = [source.module, source.package].filter(Boolean).join('/');
      run('go', ['install', `${packagePath}@${source.version}`], {
        cwd: folder,
        env: { ...env, GOBIN: join(folder, 'bin') },
      });
    }
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/** False for another program of that name. */
function isAsked(path: string, recipe: Recipe): boolean {
  return !recipe.answer || recipe.answer.test(answerOf(path));
}

function versionOf(path: string, { answer, source }: Recipe): string {
  return answer?.exec(answerOf(path))?.[1] ?? source.version;
}

function answerOf(path: string): string {
  return spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '';
}
