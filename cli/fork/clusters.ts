import { RINGS_FILE } from '../../charts/rings.ts';
import { CODE_OWNERS, CodeOwners } from '../doctor/code-owners.ts';
import { clusterFile, ringsIn, writeLists } from './lists.ts';
import { stringsAt, valueAt, withoutProperty, withoutString, withProperty, withString, withValue } from './literals.ts';
import { type Sources, unexpected } from './sources.ts';

/** Removes clusters: their files, Terraform roots and rendered files, their names in rings and CODEOWNERS. A ring without any goes. */
export function removeClusters(sources: Sources, names: readonly string[]): void {
  for (const name of names) {
    for (const folder of ['clusters', 'dist']) sources.remove(`${folder}/${name}`);
    for (const ring of ringsIn(sources).keys())
      sources.edit(RINGS_FILE, (text) => withoutString(text, [ring, 'clusters'], name));
    removeRoot(sources, name);
  }
  for (const [ring, left] of ringsIn(sources))
    if (left.length === 0) {
      sources.edit(RINGS_FILE, (text) => withoutProperty(text, [ring]));
      sources.remove(`clusters/pins/${ring}`);
    }
  writeLists(sources);
}

/** Removes a cluster's Terraform root, and its lines in CODEOWNERS. */
export function removeRoot(sources: Sources, name: string): void {
  sources.remove(`bootstrap/roots/${name}`);
  for (const file of CODE_OWNERS) sources.edit(file, (text) => text.replaceAll(ownerLine(name), ''));
}

/** Lines of CODEOWNERS for one cluster. */
function ownerLine(cluster: string): RegExp {
  return new RegExp(`^/(?:clusters|dist|bootstrap/roots)/${cluster}/.*\\n`, 'gm');
}

/** What a new cluster has of its own. */
export interface NewCluster {
  readonly name: string;
  /** The cluster that it is like. */
  readonly like: string;
  readonly domain: string;
  /** @default the ring of the cluster that it is like */
  readonly ring?: string | undefined;
}

/** Adds a cluster as a copy of another one, without facts, in a ring. Hosts that the other one names are prefixed by its name. */
export function addCluster(sources: Sources, { name, like, domain, ring = ringOf(sources, like) }: NewCluster): void {
  const [from, to] = [clusterFile(like), clusterFile(name)];
  const before = valueAt(sources.read(from), ['domain'])?.slice(1, -1);
  if (before === undefined) throw unexpected(from, 'the domain of the cluster');
  const own = sources
    .read(from)
    .replaceAll(
      /\bhost: '([^']+)'/g,
      (_, host: string) =>
        `host: '${host.endsWith(before) ? host.slice(0, -before.length) + domain : `${name}.${host}`}'`,
    );
  sources.write(to, withValue(own, ['domain'], `'${domain}'`));
  // In strings alone: `local` is a word of Terraform, too.
  const named = new RegExp(`(?<![\\w-])${like}(?![\\w-])`, 'g');
  sources.copy(`bootstrap/roots/${like}`, `bootstrap/roots/${name}`, (text, path) =>
    path.endsWith('.tf') ? text.replaceAll(/"[^"$]*"/g, (string) => string.replaceAll(named, name)) : text,
  );
  sources.edit(RINGS_FILE, (text) => {
    const others = ringsIn(sources).has(ring)
      ? withString(text, [ring, 'clusters'], name)
      : withProperty(text, [], ring, `{ clusters: ['${name}'] }`);
    if (others === undefined) throw unexpected(RINGS_FILE, `the clusters of the ring ${ring}`);
    return others;
  });
  if (!sources.has(`clusters/pins/${ring}`))
    sources.copy(`clusters/pins/${ringOf(sources, like)}`, `clusters/pins/${ring}`);
  guard(sources, name, stringsAt(sources.read(RINGS_FILE), [ring, 'approvers']));
  writeLists(sources);
}

/** Leaves a cluster to the approvers of its ring, where CODEOWNERS does not do so yet. */
function guard(sources: Sources, cluster: string, approvers: readonly string[]): void {
  const file = CODE_OWNERS.find((one) => sources.has(one));
  if (approvers.length === 0 || file === undefined) return;
  const owners = new CodeOwners(sources.read(file));
  const folders = ['clusters', 'dist', 'bootstrap/roots'].filter(
    (one) => one === 'dist' || sources.has(`${one}/${cluster}`),
  );
  const missing = folders.map((one) => `${one}/${cluster}/`).filter((path) => !owners.leaves(path, approvers));
  if (missing.length > 0)
    sources.edit(
      file,
      (text) => `${text.trimEnd()}\n${missing.map((path) => `/${path} ${approvers.join(' ')}\n`).join('')}`,
    );
}

function ringOf(sources: Sources, cluster: string): string {
  const [ring] = [...ringsIn(sources)].find(([, clusters]) => clusters.includes(cluster)) ?? [];
  if (ring === undefined) throw unexpected(RINGS_FILE, `the ring of ${cluster}`);
  return ring;
}
