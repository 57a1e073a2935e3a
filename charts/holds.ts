import { createHash } from 'node:crypto';
import { CORE_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';
import { type Problem, suggest, throwIfAny } from './fault.ts';
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

/** What a cluster holds. */
export interface Held {
  readonly cluster: string;
  /** Where it says so, from the repository's root. */
  readonly file: string;
  readonly byComponent: ReadonlyMap<string, { readonly hold: Hold; readonly files: HeldFiles }>;
}

/** A component of a cluster that holds; one that Argo CD fetches from another repository, its upstream, has no objects. */
type Component = Pick<Part, 'name'> & { readonly upstream?: object };

/** SHA-256 of files, whatever their order. */
export function sha256OfFiles(files: HeldFiles): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].toSorted()) hash.update(`${path}\0${files.get(path)}\0`);
  return hash.digest('hex');
}

/**
 * The held components with the objects of their files, to take the place of the rendered ones: order, backups and all other
 * checks are of what will be in dist.
 *
 * @throws Fault for each hold of a component that the cluster has not, that has no objects, or whose files are others
 */
export function heldParts(held: Held, components: readonly Component[]): Map<string, Part> {
  throwIfAny([...held.byComponent.keys()].flatMap((name) => problemOf(held, name, components)));
  return new Map(
    components.flatMap(({ name }) => {
      const files = held.byComponent.get(name)?.files;
      return files ? [[name, { name, manifests: [...files.values()].map(manifestIn) }]] : [];
    }),
  );
}

function problemOf(held: Held, name: string, components: readonly Component[]): Problem[] {
  const { cluster, file, byComponent } = held;
  const component = components.find((one) => one.name === name);
  const release = `slipway release ${name} --cluster ${cluster}`;
  if (component === undefined) {
    const known = components.filter(({ upstream }) => !upstream).map((one) => one.name);
    const what = `the cluster has no component "${name}", which is held`;
    return [{ what, file, fix: `end the hold: ${release}; or correct its name: ${suggest(name, known)}` }];
  }
  if (component.upstream)
    return [
      {
        what: `the component ${name} has no objects that could be held`,
        file,
        fix: `Argo CD fetches it from another repository: ${release}, and give it another version by an exception in pins.json`,
      },
    ];
  const { hold, files } = byComponent.get(name) ?? {};
  if (!hold || !files || sha256OfFiles(files) === hold.sha256) return [];
  const folder = `dist/${cluster}/${name}`;
  return [
    {
      what: `${name} is held, but ${folder} is not what is held`,
      file,
      seen: files.size === 0 ? 'no files' : `files (${files.size}) with another SHA-256`,
      fix: `restore it: rm -rf ${folder}; git checkout ${hold.commit.slice(0, 10)} -- ${folder}; or end the hold: ${release}`,
    },
  ];
}

/** The object as it was before it got its wave, which is derived. */
function manifestIn(text: string): Manifest {
  // As the API server reads it: a date is a text.
  const manifest = load(text, { schema: CORE_SCHEMA }) as Manifest;
  const { [SYNC_WAVE]: _, ...annotations } = manifest.metadata.annotations ?? {};
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
