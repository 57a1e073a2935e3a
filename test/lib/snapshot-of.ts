import { identityOf } from '../../charts/lib/manifest.ts';
import type { Placed, Snapshot } from '../../charts/plan/change.ts';

/** A snapshot of objects in memory. */
export function snapshotOf(placed: readonly Placed[]): Snapshot {
  const kinds = grouped(placed, ({ manifest }) => manifest.kind);
  const applications = grouped(placed, ({ application }) => application);
  const identities = new Map(placed.map((one) => [identityOf(one.manifest), one]));
  return {
    ofKind: (kind) => kinds.get(kind) ?? [],
    find: (identity) => identities.get(identity),
    ofApplication: (name) => applications.get(name) ?? [],
    all: () => placed,
  };
}

function grouped(placed: readonly Placed[], keyOf: (one: Placed) => string): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
