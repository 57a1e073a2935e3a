import type { Git } from '../git.ts';
import { pathsOf, SAMPLES } from './ownership.ts';

/** Parts of upstream that a fork does not take, because it has removed them, or has others: `apps/items`. */
export function partsLeftOut(git: Git, base: string, upstream: string): string[] {
  const [own, before, after] = ['HEAD', base, upstream].map((commit) => new Names(git, commit));
  if (!own || !before || !after) return [];
  return pathsOf('parts', 'samples').flatMap((folder) => {
    const isSample = (name: string): boolean => {
      const file = SAMPLES[folder]?.(name);
      return file !== undefined && [before, after].some((one) => one.has(file));
    };
    const all = new Set([...before.in(folder), ...after.in(folder)]);
    const here = own.in(folder);
    return [...all]
      .filter((name) => !here.has(name) && (before.in(folder).has(name) || isSample(name)))
      .sort()
      .map((name) => `${folder}/${name}`);
  });
}

/** The names in the folders of a commit. */
class Names {
  readonly #files: readonly string[];
  readonly #all: ReadonlySet<string>;

  constructor(git: Git, commit: string) {
    this.#files = git.files(commit, [...pathsOf('parts', 'samples'), 'clusters']).map(({ path }) => path);
    this.#all = new Set(this.#files);
  }

  has(file: string): boolean {
    return this.#all.has(file);
  }

  in(folder: string): Set<string> {
    return new Set(
      this.#files
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''),
    );
  }
}
