import type { Flow } from '../../charts/fleet/flow.ts';
import { describeMoves, promotionOf } from '../../charts/promotion.ts';
import type { Ring } from '../../charts/rings.ts';
import { laggingRings } from '../code/elsewhere.ts';
import { holdsOf } from '../holds/files.ts';
import { exceptionsOf, pinFilesOf } from '../pin-files.ts';
import { ringsIfAny } from '../rings.ts';
import type { Workspace } from '../synth.ts';

/** What the files of some clusters say of versions; undefined without rings. */
export async function flowOf(workspace: Workspace, clusters: readonly string[]): Promise<Flow | undefined> {
  const { root } = workspace;
  const rings = await ringsIfAny(workspace);
  if (rings.length === 0) return undefined;
  const concerned = (ring: Ring): string[] => ring.clusters.filter((name) => clusters.includes(name));
  return {
    behind: rings.flatMap((ring, i) => {
      const before = rings[i - 1];
      return before && concerned(ring).length > 0 ? behind(root, before, ring) : [];
    }),
    exceptions: rings.flatMap((ring) => concerned(ring).flatMap((cluster) => exceptions(root, ring, cluster))),
    holds: rings.flatMap(concerned).flatMap((cluster) =>
      Object.entries(holdsOf(root, cluster)).map(([component, { commit, by, because, until }]) => ({
        cluster,
        component,
        commit,
        by,
        because,
        until,
      })),
    ),
    code: laggingRings(root, rings)
      .filter(({ ring }) => concerned(ring).length > 0)
      .map(({ ring, commit }) => ({ ring: ring.name, commit })),
  };
}

function behind(root: string, before: Ring, ring: Ring): Flow['behind'] {
  const sources = new Map(pinFilesOf(root, before.name).map((file) => [file.component, file]));
  return pinFilesOf(root, ring.name).flatMap((file) => {
    const source = sources.get(file.component);
    const { component, moves } = source ? promotionOf(source, file) : { component: '', moves: [] };
    return moves.length > 0
      ? [{ ring: ring.name, component, before: before.name, versions: describeMoves(moves) }]
      : [];
  });
}

function exceptions(root: string, ring: Ring, cluster: string): Flow['exceptions'] {
  const pins = new Map(pinFilesOf(root, ring.name).flatMap((file) => Object.entries(file.pins)));
  return Object.entries(exceptionsOf(root, cluster)).map(([pin, { version, because, until }]) => ({
    cluster,
    pin,
    version,
    ring: pins.get(pin)?.version ?? 'none',
    because,
    until,
  }));
}
