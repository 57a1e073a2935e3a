import { RINGS_FILE } from '../../charts/rings.ts';
import { keysAt, stringsAt } from './literals.ts';
import type { Sources } from './sources.ts';

const ROOTS = 'bootstrap/roots';

/** The file of a cluster's values. */
export function clusterFile(name: string): string {
  return `clusters/${name}/cluster.ts`;
}

/** The clusters of the repository. */
export function clustersIn(sources: Sources): string[] {
  return sources.list('clusters').filter((name) => sources.has(clusterFile(name)));
}

/** The clusters of each ring, in the order of the rings. */
export function ringsIn(sources: Sources): Map<string, string[]> {
  const text = sources.read(RINGS_FILE);
  return new Map(keysAt(text, []).map((ring) => [ring, stringsAt(text, [ring, 'clusters'])]));
}

/**
 * Writes what lists the repository's clusters once more, where no import can: the choices of the workflow `terraform`, the environments
 * of each cloud's remote state, and the ring that Renovate moves. A remote state that no cluster has goes.
 */
export function writeLists(sources: Sources): void {
  const clusters = [...ringsIn(sources).values()].flat();
  const on = (backend: string): string[] =>
    clusters.filter((name) => {
      const file = `${ROOTS}/${name}/backend.tf`;
      return sources.has(file) && sources.read(file).includes(`backend "${backend}"`);
    });
  const clouds = { azure: on('azurerm'), aws: on('s3') };
  sources.edit('.github/workflows/terraform.yaml', (text) =>
    text.replace(
      /^( +options: )\[.*\]$/m,
      (_, before: string) => `${before}[${[...clouds.azure, ...clouds.aws].join(', ')}]`,
    ),
  );
  for (const [cloud, names] of Object.entries(clouds)) {
    const root = `${ROOTS}/remote-state-${cloud}`;
    if (names.length === 0) {
      sources.remove(root);
      sources.remove(`${ROOTS}/${cloud === 'aws' ? 's3' : 'azurerm'}.tfbackend`);
    } else
      sources.edit(`${root}/main.tf`, (text) =>
        text.replace(
          /^( +environments +=) \[.*\]$/m,
          (_, before: string) => `${before} [${names.map((name) => `"${name}"`).join(', ')}]`,
        ),
      );
  }
  const [first] = ringsIn(sources).keys();
  sources.edit('renovate.json', (text) => text.replaceAll(/(\/pins\/)[\w-]+(\/\[)/g, `$1${first}$2`));
}
