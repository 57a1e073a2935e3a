import { HOOK, HOOK_DELETE_POLICY } from '../../../charts/lib/argo.ts';
import { identityOf, type Manifest } from '../../../charts/lib/manifest.ts';
import { compareTrees } from '../../../charts/plan/compare.ts';
import type { Entry } from '../../../charts/plan/model.ts';
import type { DistFile } from '../../../charts/plan/snapshot.ts';
import type { ClusterObjects } from '../../lib/cluster-objects.ts';
import { FIXTURES } from './fixtures.ts';

/** The cluster whose objects are edited: it has most kinds. */
const MODEL = 'test-eks';

/**
 * A rendered cluster, with the objects of other clusters of kinds that it lacks, and fixtures of kinds that none has. Hooks
 * are plain objects here: what Argo CD deletes first is nothing that the API server could refuse.
 */
export class World {
  readonly objects: readonly Manifest[];
  private readonly files: ReadonlyMap<string, DistFile>;

  constructor(fleet: readonly ClusterObjects[]) {
    const model = fleet.find(({ name }) => name === MODEL);
    if (!model) throw new Error(`test/fleets has no cluster ${MODEL}: choose another model for the proof`);
    const own = new Set(model.objects.map(({ manifest }) => manifest.kind));
    const placed = [
      ...model.objects,
      ...fleet.flatMap(({ objects }) => objects.filter(({ manifest }) => !own.has(manifest.kind))),
      ...FIXTURES.map((manifest) => ({ manifest, path: `fixtures/${fileOf(manifest)}` })),
    ].map(({ manifest, path }) => ({ manifest: withoutHooks(manifest), path }));
    const unique = new Map(placed.map((one) => [identityOf(one.manifest), one]));
    this.objects = [...unique.values()].map(({ manifest }) => manifest);
    this.files = new Map([...unique].map(([id, { manifest, path }]) => [id, { path, manifest: () => manifest }]));
  }

  /** What the plan says of the change of one object, the others being as they are. */
  planOf(before: Manifest, after: Manifest): Entry | undefined {
    const file = this.files.get(identityOf(before));
    if (!file) throw new Error(`${identityOf(before)} is not of this world`);
    const was = [...this.files.values()];
    const is = was.map((one) => (one === file ? { path: file.path, manifest: () => after } : one));
    return compareTrees({ name: MODEL, before: was, after: is, changed: new Set([file.path]) }).entries[0];
  }
}

function fileOf({ kind, metadata }: Manifest): string {
  return `${kind}.${metadata.name}.yaml`;
}

function withoutHooks(manifest: Manifest): Manifest {
  const { annotations } = manifest.metadata;
  if (annotations?.[HOOK] === undefined) return manifest;
  const { [HOOK]: _hook, [HOOK_DELETE_POLICY]: _policy, ...others } = annotations;
  return { ...manifest, metadata: { ...manifest.metadata, annotations: others } };
}
