import { createHash } from 'node:crypto';
import { CORE_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';
import { Fault, suggest } from './fault.ts';
import { day, reason } from './lib/answered.ts';
import { SYNC_WAVE } from './lib/argo.ts';
import type { Manifest } from './lib/manifest.ts';
import type { Part } from './order/order.ts';

/** A component that keeps an earlier rendering, whatever its values, pins and charts say now. */
export const holdSchema = z.strictObject({
  /** The commit whose dist it keeps. */
  commit: z.string().regex(/^[0-9a-f]{40,64}$/, 'must be a whole commit, as slipway hold writes it'),
  /** SHA-256 of its files: what is held is not edited. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits, as slipway hold writes them'),
  because: reason,
  /** Who answers for it. */
  by: z.string().trim().min(1, 'must say who holds it'),
  until: day,
});

/** Holds by component: the file `clusters/<name>/holds.json`. */
export const holdsSchema = z.record(z.string(), holdSchema);

export type Hold = z.output<typeof holdSchema>;

/** Texts of a component's files in dist, by path below the cluster's folder. */
export type HeldFiles = ReadonlyMap<string, string>;

/** SHA-256 of files, whatever their order. */
export function sha256OfFiles(files: HeldFiles): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].toSorted()) hash.update(`${path}\0${files.get(path)}\0`);
  return hash.digest('hex');
}

/**
 * The components of a cluster, with the objects of earlier renderings in place of those of held ones: order, backups and all
 * other checks are of what will be in dist.
 *
 * @param file where holds are, for messages
 * @throws Fault for a hold of a component that the cluster has not, or that has no objects
 */
export function holding(parts: readonly Part[], held: ReadonlyMap<string, HeldFiles>, file: string): Part[] {
  for (const name of held.keys()) {
    const part = parts.find((one) => one.name === name);
    if (part && part.manifests.length > 0) continue;
    throw new Fault({
      what: part
        ? `the component ${name} has no objects that could be held`
        : `the cluster has no component "${name}" that is held`,
      file,
      seen: name,
      fix: part
        ? `Argo CD fetches it from another repository: give it another version instead, by an exception in pins.json`
        : `remove the hold; ${suggest(
            name,
            parts.map((one) => one.name),
          )}`,
    });
  }
  return parts.map((part) => {
    const files = held.get(part.name);
    return files ? { name: part.name, provides: part.provides, manifests: [...files.values()].map(manifestIn) } : part;
  });
}

/** The object as it was before it got its wave, which is derived. */
function manifestIn(text: string): Manifest {
  // As the API server reads it: a date is a text.
  const manifest = load(text, { schema: CORE_SCHEMA }) as Manifest;
  const { [SYNC_WAVE]: _, ...annotations } = manifest.metadata.annotations ?? {};
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
