import type { Ring } from '../../charts/rings.ts';
import { pinnedCode, sha256OfCode } from './files.ts';

/** A ring that other code renders than the working tree has. */
export interface LaggingRing {
  readonly ring: Ring;
  /** The commit of that code. */
  readonly commit: string;
}

/** The rings that other code renders than the working tree has. */
export function laggingRings(root: string, rings: readonly Ring[]): LaggingRing[] {
  const pinned = pinnedCode(root, rings);
  // Without any, the code need not be read.
  if (pinned.size === 0) return [];
  const own = sha256OfCode(root);
  return rings.flatMap((ring) => {
    const code = pinned.get(ring.name);
    return code === undefined || code.sha256 === own ? [] : [{ ring, commit: code.commit }];
  });
}

/** Those of some clusters that are in such rings, with the commit. */
export function renderedElsewhere(
  root: string,
  rings: readonly Ring[],
  clusters: readonly string[],
): ReadonlyMap<string, string> {
  return new Map(
    laggingRings(root, rings).flatMap(({ ring, commit }) =>
      clusters.filter((name) => ring.clusters.includes(name)).map((name) => [name, commit]),
    ),
  );
}
