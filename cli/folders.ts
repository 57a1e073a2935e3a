import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../charts/fault.ts';
import { RING_PINS } from './pin-files.ts';

/** What the command line reads in a cluster's folder. */
const FILES = ['cluster.ts', 'facts.json', 'pins.json', 'holds.json'];

/** What it reads beside the folders of clusters. */
const FLEET_FILES = new Set(['fleet.ts', 'rings.ts', 'code.json', 'accepted.json']);

/**
 * What is in `clusters/` and nothing reads: it was meant to have an effect. Documents (`*.md`), hidden files and folders
 * that are empty, which Git does not keep, are none of these.
 *
 * @param sources paths from the repository's root that entries of `manifests` render
 */
export function strayEntries(root: string, sources: readonly string[]): Problem[] {
  const isSource = (path: string): boolean =>
    sources.some((source) => source === path || source.startsWith(`${path}/`) || path.startsWith(`${source}/`));
  return entriesOf(root, 'clusters').flatMap(({ path, name, folder }) => {
    if (!folder) return FLEET_FILES.has(name) ? [] : [unread(path, [...FLEET_FILES].join(', '))];
    if (path === RING_PINS) return strayPins(root);
    const inner = entriesOf(root, path);
    if (inner.some((entry) => entry.name === 'cluster.ts'))
      return inner
        .filter((entry) => !isSource(entry.path) && (entry.folder || !FILES.includes(entry.name)))
        .map((entry) => unread(entry.path, FILES.join(', ')));
    return inner.length === 0 || isSource(path)
      ? []
      : [
          noCluster(
            path,
            inner.map((entry) => entry.name),
          ),
        ];
  });
}

/** What is beside the files of pins; that each folder is a ring's is checked with the rings. */
function strayPins(root: string): Problem[] {
  const entries = entriesOf(root, RING_PINS);
  const inRings = entries.filter(({ folder }) => folder).flatMap(({ path }) => entriesOf(root, path));
  const stray = inRings.filter(({ name, folder }) => folder || !name.endsWith('.json'));
  return [...entries.filter(({ folder }) => !folder), ...stray].map(({ path }) =>
    unread(path, `${RING_PINS}/<ring>/<component>.json`),
  );
}

interface Entry {
  /** From the repository's root. */
  readonly path: string;
  readonly name: string;
  readonly folder: boolean;
}

function entriesOf(root: string, folder: string): Entry[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .map((entry) => ({ path: `${folder}/${entry.name}`, name: entry.name, folder: entry.isDirectory() }))
    .filter(({ name, folder: isFolder }) => !name.startsWith('.') && (isFolder || !name.endsWith('.md')))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function unread(path: string, known: string): Problem {
  return {
    what: `nothing reads ${path}`,
    file: path,
    fix: `rename it to what it was meant to be (${known}), name it in an entry of "manifests", or remove it`,
  };
}

function noCluster(path: string, names: readonly string[]): Problem {
  return {
    what: `the folder ${path} has no cluster.ts, so that it is no cluster`,
    file: path,
    seen: names.join(', '),
    fix: 'add cluster.ts, or remove the folder',
  };
}
