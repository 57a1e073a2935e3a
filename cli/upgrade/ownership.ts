/**
 * What an upgrade does with a path:
 *
 * - `fork`: it stays as the fork has it; what upstream changes there is said.
 * - `rendered`: it stays until the merged sources are rendered.
 * - `parts`: each file or folder in it comes from upstream as a whole; one that the fork has taken out stays out.
 * - `samples`: the same, and a new one does not come if it is what a fork has of its own: a cluster, a service.
 * - `fork in conflicts`, `upstream in conflicts`: merged; who has the last word where both have changed one place.
 */
type Whose = 'fork' | 'rendered' | 'parts' | 'samples' | 'fork in conflicts' | 'upstream in conflicts';

interface Owned {
  /** From the repository's root. */
  readonly path: string;
  readonly whose: Whose;
  readonly because: string;
}

/**
 * Which files are the fork's. All others are upstream's: they are merged with what the fork has changed in them, after what `slipway init`
 * writes into them was written into both of upstream's versions.
 */
export const OWNED: readonly Owned[] = [
  {
    path: 'clusters',
    whose: 'fork',
    because: 'what a team runs: values, facts, rings, and versions that its rings move',
  },
  { path: 'dist', whose: 'rendered', because: 'it follows from all others' },
  { path: 'apps', whose: 'samples', because: 'a team has services of its own; those that it has kept are upstream’s' },
  {
    path: 'bootstrap/roots',
    whose: 'samples',
    because: 'a root belongs to a cluster; its modules change along with it',
  },
  { path: 'bootstrap/modules', whose: 'parts', because: 'a team without a cloud has no modules for it' },
  { path: 'charts/components', whose: 'parts', because: 'docs/runbooks/remove-a-component.md removes their code' },
  { path: '.github/workflows', whose: 'parts', because: 'a team may have other ways to build, apply and publish' },
  { path: 'README.md', whose: 'fork in conflicts', because: 'a team says there what its repository is' },
  { path: 'CHANGELOG.md', whose: 'fork in conflicts', because: 'a team may write its own; what is new is printed' },
  { path: 'package-lock.json', whose: 'upstream in conflicts', because: 'npm install writes it anew' },
];

/** The paths of some owners. */
export function pathsOf(...whose: readonly Whose[]): string[] {
  return OWNED.filter((one) => whose.includes(one.whose)).map(({ path }) => path);
}

/** What a fork has of its own, by the file that tells it from what its samples share. */
export const SAMPLES: Readonly<Record<string, (name: string) => string>> = {
  apps: (service) => `apps/${service}/Dockerfile`,
  'bootstrap/roots': (cluster) => `clusters/${cluster}/cluster.ts`,
};

interface ForPeople {
  readonly path: string;
  readonly todo: string;
  /** Whether they need to read what has changed. */
  readonly shows?: true;
}

/** What people have to see to where upstream has changed a path. */
export const FOR_PEOPLE: readonly ForPeople[] = [
  {
    path: 'package-lock.json',
    todo: 'npm install && npm run synth: packages have changed, and it was rendered with those before',
  },
  { path: 'clusters', todo: 'clusters/ are yours, and stay; what upstream has changed in its own:', shows: true },
  { path: 'bootstrap/modules/settings', todo: 'settings of clouds have changed:', shows: true },
  { path: 'bootstrap', todo: 'terraform plan of each root, as the workflow terraform does it' },
  { path: '.github', todo: 'npx slipway doctor: rules, environments and variables that workflows need' },
];
