import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, type Problem, throwIfAny } from '../charts/fault.ts';
import { select } from './unknown.ts';

/** The most characters of a cluster's name: a node of a local one has it, with this after it, as its host name. */
export const LONGEST = 63 - '-control-plane'.length;

/** The folder beside those of clusters that has the pins of the rings. */
const PINS = 'pins';

/** A DNS label: it is part of host names, of the names of resources in clouds and of entries of secret stores. */
const NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/**
 * Names of all clusters: the folders of `clusters/` that have a cluster file, sorted.
 *
 * @throws Fault for every folder with another name than a cluster may have, or without its cluster file
 */
export function clusterNames(root: string): string[] {
  const folders = foldersIn(root);
  throwIfAny(folders.flatMap((name) => problemsOf(root, name)));
  return folders.filter((name) => has(root, name, 'cluster.ts')).sort();
}

/**
 * The requested clusters, or all if none is requested.
 *
 * @throws Fault for every unknown name
 */
export function chooseClusters(root: string, asked: readonly string[]): string[] {
  const known = clusterNames(root);
  // All that is rendered would be removed.
  if (known.length === 0)
    throw new Fault({
      what: 'there are no clusters',
      file: 'clusters',
      fix: 'add one, clusters/<name>/cluster.ts, as README.md describes it; or restore the folder from Git',
    });
  return select('there is no cluster', known, asked);
}

function foldersIn(root: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(join(root, 'clusters'), { withFileTypes: true });
  } catch (error) {
    throw new Fault({
      what: 'the clusters cannot be read',
      file: 'clusters',
      seen: (error as Error).message,
      fix: 'make it a readable folder that has a folder for each cluster',
    });
  }
  return entries.filter((entry) => entry.isDirectory() && entry.name !== PINS).map(({ name }) => name);
}

function has(root: string, cluster: string, file: string): boolean {
  return existsSync(join(root, 'clusters', cluster, file));
}

function problemsOf(root: string, name: string): Problem[] {
  const file = `clusters/${name}`;
  const holds = ['pins.json', 'facts.json'].find((one) => has(root, name, one));
  if (!has(root, name, 'cluster.ts')) {
    // Without it, all that is rendered of the cluster would be removed.
    const fix = 'restore or rename it; to remove the cluster, remove its whole folder';
    return holds ? [{ what: `the folder of cluster ${name} has ${holds}, but no cluster.ts`, file, fix }] : [];
  }
  if (NAME.test(name) && name.length <= LONGEST) return [];
  return [
    {
      what: `"${name}" cannot be the name of a cluster`,
      file,
      seen: NAME.test(name) ? `${name.length} characters` : name,
      fix: `rename the folder: lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen, at most ${LONGEST} characters`,
    },
  ];
}
