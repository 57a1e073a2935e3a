import { compareTrees } from '../../charts/plan/compare.ts';
import type { Entry } from '../../charts/plan/model.ts';
import type { DistFile } from '../../charts/plan/snapshot.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';

/** Objects by the folder that they are in; the folder `app` where none is said. */
export type Objects = readonly Manifest[] | Readonly<Record<string, readonly Manifest[]>>;

/** The entries of a cluster whose objects change from one set to another; objects of both are the same file. */
export function entriesFor(before: Objects, after: Objects): readonly Entry[] {
  const [was, is] = [filesOf(before), filesOf(after)];
  const texts = [was, is].map((files) => new Map(files.map((file) => [file.path, JSON.stringify(file.manifest())])));
  const paths = [...new Set([...was, ...is].map(({ path }) => path))];
  const changed = new Set(paths.filter((path) => texts[0]?.get(path) !== texts[1]?.get(path)));
  return compareTrees({ name: 'test', before: was, after: is, changed }).entries;
}

function filesOf(objects: Objects): DistFile[] {
  const folders = Array.isArray(objects) ? { app: objects as readonly Manifest[] } : objects;
  return Object.entries(folders).flatMap(([folder, manifests]: [string, readonly Manifest[]]) =>
    manifests.map((manifest) => {
      const inside = manifest.kind === 'Application' ? 'applications' : folder;
      const { namespace = '', name } = manifest.metadata;
      return { path: `${inside}/${manifest.kind}.${namespace}.${name}.yaml`, manifest: () => manifest };
    }),
  );
}
