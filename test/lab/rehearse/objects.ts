import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { HOOK } from '../../../charts/lib/argo.ts';
import { identityOf, label, type Manifest } from '../../../charts/lib/manifest.ts';
import { TreeSnapshot } from '../../../charts/plan/snapshot.ts';
import type { Api } from '../api.ts';
import type { Change, Seen } from './report.ts';

/** A rendered object and the Application that syncs it. */
export interface Rendered {
  readonly manifest: Manifest;
  readonly application: string;
}

/** The uids of live objects, by identity. */
export type Uids = ReadonlyMap<string, string>;

/** A cluster's folder of dist, as it is now. */
export function treeOf(folder: string): TreeSnapshot {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  return new TreeSnapshot(
    paths.sort().map((path) => {
      // Read at once: the folder is that of another commit later.
      const manifest = load(readFileSync(join(folder, path), 'utf8')) as Manifest;
      return { path, manifest: () => manifest };
    }),
  );
}

/** The objects of both trees, each once; where both have one, that of the later tree. */
export function objectsOf(...trees: readonly TreeSnapshot[]): Rendered[] {
  return [...new Map(trees.flatMap((tree) => tree.all()).map((one) => [identityOf(one.manifest), one])).values()];
}

/** Which of some objects there are. */
export async function uidsOf(api: Api, objects: readonly Rendered[]): Promise<Uids> {
  const found = objects.map(async ({ manifest }): Promise<readonly [string, string][]> => {
    if (!(await api.serves(manifest.apiVersion, manifest.kind))) return [];
    const live = await api.get(await api.pathOf(manifest));
    return live === undefined ? [] : [[identityOf(manifest), live.metadata.uid]];
  });
  return new Map((await Promise.all(found)).flat());
}

/** What came, went or was replaced between two looks at the same objects; hooks apart. */
export function changesOf(objects: readonly Rendered[], before: Uids, after: Uids): Pick<Seen, 'changes' | 'hooks'> {
  const changes: Change[] = [];
  const hooks: Pick<Change, 'application' | 'object'>[] = [];
  for (const { manifest, application } of objects.toSorted(byName)) {
    const [was, is] = [before, after].map((uids) => uids.get(identityOf(manifest)));
    if (was === is) continue;
    const change = { application, object: label(manifest) };
    const how = was === undefined ? 'created' : is === undefined ? 'deleted' : 'replaced';
    if (how === 'replaced' && manifest.metadata.annotations?.[HOOK] !== undefined) hooks.push(change);
    else changes.push({ ...change, how });
  }
  return { changes, hooks };
}

function byName(one: Rendered, other: Rendered): number {
  const [a, b] = [one, other].map(({ application, manifest }) => `${application} ${label(manifest)}`);
  return a! < b! ? -1 : Number(a! > b!);
}
