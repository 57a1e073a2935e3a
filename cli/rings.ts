import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, suggest, throwIfAny } from '../charts/fault.ts';
import { inNoRing, type Ring, RINGS_FILE, ringsOf, ringsSchema } from '../charts/rings.ts';
import { check, readText } from './check.ts';
import { clusterNames } from './cluster-folders.ts';
import { duplicateKeys } from './duplicates.ts';
import { exported, type Importer } from './exported.ts';
import { lineFinder } from './locate-typescript.ts';
import { RING_PINS } from './pin-files.ts';
import { MISUSE } from './unknown.ts';

/** The rings in their order. @throws Fault with every mistake in `clusters/rings.ts` itself */
export async function loadRings(root: string, importer: Importer): Promise<Ring[]> {
  const text = readText(root, RINGS_FILE);
  const file = await exported(root, RINGS_FILE, 'rings', () => importer.rings());
  throwIfAny(await duplicateKeys(text, RINGS_FILE));
  return ringsOf(check(ringsSchema, file, (path) => ({ file: placeOf(root, path) })));
}

/** The rings in their order; none without the file, as in a repository that has only dist. */
export async function ringsIfAny({
  root,
  importer,
}: {
  readonly root: string;
  readonly importer: Importer;
}): Promise<Ring[]> {
  return existsSync(join(root, RINGS_FILE)) ? loadRings(root, importer) : [];
}

/** The rings of these names, or all. @throws Fault for each unknown name */
export async function chooseRings(root: string, importer: Importer, asked: readonly string[]): Promise<Ring[]> {
  const rings = await loadRings(root, importer);
  const names = rings.map(({ name }) => name);
  throwIfAny(
    asked
      .filter((name) => !names.includes(name))
      .map((name) => {
        const own = rings.find(({ clusters }) => clusters.includes(name));
        return {
          what: `there is no ring "${name}"`,
          ...MISUSE,
          seen: name,
          fix: own ? `that is a cluster of the ring ${own.name}: use "${own.name}"` : suggest(name, names),
        };
      }),
  );
  return asked.length > 0 ? rings.filter(({ name }) => asked.includes(name)) : rings;
}

/**
 * Compares the rings with the clusters and with the folders of pins.
 *
 * @throws Fault for each cluster that is in no ring, for each name that no cluster has, and for each folder of pins that
 * no ring has
 */
export function checkRings(root: string, rings: readonly Ring[]): void {
  const clusters = clusterNames(root);
  const named = new Set(rings.flatMap((ring) => ring.clusters));
  throwIfAny([
    ...rings.flatMap((ring) => ring.clusters.flatMap((name, i) => unknown(root, clusters, ring, name, i))),
    ...clusters.filter((name) => !named.has(name)).map((name) => inNoRing(rings, name)),
    ...foldersOfPins(root)
      .filter((folder) => !rings.some(({ name }) => name === folder))
      .map((folder) => ofNoRing(rings, folder)),
  ]);
}

function unknown(root: string, clusters: readonly string[], ring: Ring, name: string, index: number): Problem[] {
  if (clusters.includes(name)) return [];
  const others = clusters.filter((cluster) => !ring.clusters.includes(cluster));
  return [
    {
      what: `the ring ${ring.name} names a cluster that there is not`,
      file: placeOf(root, [ring.name, 'clusters', index]),
      seen: name,
      fix: others.length > 0 ? `remove it, or: ${suggest(name, others)}` : `remove it, or add clusters/${name}`,
    },
  ];
}

function ofNoRing(rings: readonly Ring[], folder: string): Problem {
  return {
    what: `there are pins of a ring that there is not`,
    file: `${RING_PINS}/${folder}`,
    seen: folder,
    fix: `remove the folder, or name the ring in ${RINGS_FILE}, which has: ${rings.map(({ name }) => name).join(', ')}`,
  };
}

function foldersOfPins(root: string): string[] {
  const folder = join(root, RING_PINS);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function placeOf(root: string, path: readonly (string | number)[]): string {
  return `${RINGS_FILE}:${lineFinder(readText(root, RINGS_FILE))(path)}`;
}
