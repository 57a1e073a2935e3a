import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../charts/fault.ts';
import { type Exception, exceptionsSchema, type PinFile, type PlacedPin, Pins, pinsSchema } from '../charts/pins.ts';
import type { Ring } from '../charts/rings.ts';
import { checkJson } from './check.ts';

/** The folder that has a folder of pins for each ring. */
export const RING_PINS = 'clusters/pins';

/** A cluster's exceptions from the pins of its ring: their path from the repository's root. */
export function exceptionsFile(cluster: string): string {
  return `clusters/${cluster}/pins.json`;
}

/** The file of a component's pins in a ring. */
export function pinFile(ring: string, component: string): string {
  return `${RING_PINS}/${ring}/${component}.json`;
}

/** A cluster's exceptions by pin; none without the file. @throws Fault if the file is invalid */
export function exceptionsOf(root: string, cluster: string): Readonly<Record<string, Exception>> {
  const file = exceptionsFile(cluster);
  return existsSync(join(root, file)) ? checkJson(exceptionsSchema, file, root) : {};
}

/** What a cluster of a ring runs. @throws Fault with every mistake in the first invalid file */
export function loadPins(
  root: string,
  ring: Ring,
  cluster: string,
  files: readonly PinFile[] = pinFilesOf(root, ring.name),
): Pins {
  return new Pins({
    folder: `${RING_PINS}/${ring.name}`,
    files,
    exceptions: { file: exceptionsFile(cluster), byPin: exceptionsOf(root, cluster) },
  });
}

/** The pins of a ring, by component. @throws Fault if there are none, or a file is invalid */
export function pinFilesOf(root: string, ring: string): PinFile[] {
  const folder = `${RING_PINS}/${ring}`;
  return namesIn(root, folder).map((name) => {
    const file = `${folder}/${name}`;
    return { component: name.slice(0, -SUFFIX.length), file, pins: checkJson(pinsSchema, file, root) };
  });
}

/** A version that a file says. */
export interface WrittenPin extends PlacedPin {
  readonly name: string;
}

/** Every version that a ring's files say, and those of its clusters. @throws Fault if a file is invalid */
export function pinsIn(root: string, ring: Ring): WrittenPin[] {
  const ofRing = pinFilesOf(root, ring.name).flatMap(({ file, pins }) =>
    Object.entries(pins).map(([name, pin]) => ({ name, pin, file })),
  );
  const ofClusters = ring.clusters.flatMap((cluster) =>
    [...loadPins(root, ring, cluster).all()]
      .filter(([, { file }]) => file === exceptionsFile(cluster))
      .map(([name, placed]) => ({ name, ...placed })),
  );
  return [...ofRing, ...ofClusters];
}

const SUFFIX = '.json';

function namesIn(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder))
      .filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'))
      .toSorted();
  } catch (error) {
    throw new Fault({
      what: 'the pins of the ring cannot be read',
      file: folder,
      seen: (error as Error).message,
      fix: 'each ring has a folder with a file for each component: restore it from Git, or copy that of the ring before',
    });
  }
}
