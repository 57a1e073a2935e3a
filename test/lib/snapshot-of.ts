import { grouped } from '../../charts/lib/grouped.ts';
import { identityOf } from '../../charts/lib/manifest.ts';
import type { Placed, Snapshot } from '../../charts/plan/change.ts';

/** A snapshot of objects in memory. */
export function snapshotOf(placed: readonly Placed[]): Snapshot {
  const kinds = grouped(placed, ({ manifest }) => manifest.kind);
  const applications = grouped(placed, ({ application }) => application);
  const identities = new Map(placed.map((one) => [identityOf(one.manifest), one]));
  return {
    ofKind: (kind) => kinds.get(kind) ?? [],
    application: (name) => kinds.get('Application')?.find(({ manifest }) => manifest.metadata.name === name),
    find: (identity) => identities.get(identity),
    ofApplication: (name) => applications.get(name) ?? [],
    all: () => placed,
  };
}
