import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../charts/fault.ts';
import {
  type Exception,
  exceptionsSchema,
  hasVersionOf,
  type PinFile,
  type PlacedPin,
  Pins,
  pinsSchema,
  type Version,
} from '../charts/pins.ts';
import { TERRAFORM_INPUT } from '../charts/render/terraform-input.ts';
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

/**
 * The component that a file in a cluster's folder belongs to: the longest name that its folder, or the name of its
 * Application, is or begins with.
 */
export function componentOf(file: string, components: readonly string[]): string | undefined {
  // What Terraform reads has the version of the Argo CD that bootstrap installs.
  if (file === TERRAFORM_INPUT) return 'argo-cd';
  const [, application] = /^applications\/[^.]+\.([^.]+)\.yaml$/.exec(file) ?? [];
  const name = application ?? file.slice(0, file.indexOf('/'));
  return components
    .filter((component) => name === component || name.startsWith(`${component}-`))
    .toSorted((one, other) => other.length - one.length)[0];
}

/**
 * Exceptions of a ring's clusters without those that would have no effect any more, for what the ring is to run.
 *
 * @param runs what the ring is to run of a pin; undefined for those that stay as they are
 */
export function withoutNeedless(root: string, ring: Ring, runs: (pin: string) => Version | undefined): FileChange[] {
  return ring.clusters.flatMap((cluster) => {
    const all = exceptionsOf(root, cluster);
    const left = Object.entries(all).filter(([name, exception]) => {
      const pin = runs(name);
      return pin === undefined || !hasVersionOf(pin, exception);
    });
    return changedExceptions(cluster, all, left);
  });
}

/** The file of a cluster's exceptions with others in it; nothing if they are the same, and no text if there are none. */
export function changedExceptions(
  cluster: string,
  all: Readonly<Record<string, Exception>>,
  next: readonly (readonly [string, Exception])[],
): FileChange[] {
  if (isDeepStrictEqual(Object.fromEntries(next), all)) return [];
  const text = next.length > 0 ? `${JSON.stringify(Object.fromEntries(next), null, 2)}\n` : undefined;
  return [[exceptionsFile(cluster), text]];
}

/** A path from the repository's root, and its new text; undefined if the file goes. */
type FileChange = readonly [path: string, text: string | undefined];

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
