import type { Manifest } from '../lib/manifest.ts';
import type { Field, Finding } from './model.ts';

/** An object of dist, and whose it is. */
export interface Placed {
  readonly manifest: Manifest;
  /** The Application that syncs it. */
  readonly application: string;
}

/** All objects of one cluster at one commit. Objects are read when they are asked for, by kind. */
export interface Snapshot {
  /** Every object of a kind, whatever its group: `Deployment`. */
  ofKind(kind: string): readonly Placed[];
  /** An object by its identity (`objectIdentity`). */
  find(identity: string): Placed | undefined;
  /** An Application by its name. */
  application(name: string): Placed | undefined;
  /** Everything that one Application syncs. */
  ofApplication(name: string): readonly Placed[];
  /** Everything: a thousand files are read for it. */
  all(): readonly Placed[];
}

/** The change of one object of one cluster. One of both sides may be missing. */
export interface ObjectChange {
  readonly before?: Placed;
  readonly after?: Placed;
  /** Its differences that have a meaning; empty if it is new or gone. */
  readonly fields: readonly Field[];
}

/** The cluster around the change. */
export interface Surroundings {
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/**
 * The cluster around a change, and the Application that syncs the object: the new one if it moves. A copy by `...` lacks
 * the trees, which are getters: whoever reads one has looked at the cluster.
 */
export interface Context extends Surroundings {
  readonly application: string;
}

/** What can be said of the change of an object. */
export interface Rule {
  /** `SLP-…`: in every output, in `clusters/accepted.json` and in docs/plan.md. */
  readonly id: string;
  /** What it is about, for docs/plan.md: one sentence without a full stop. */
  readonly about: string;
  /** Kinds of objects that it looks at, whatever their group; undefined for all. */
  readonly kinds?: readonly string[];
  /** True if the API server refuses every object that it finds something in. */
  readonly refuses?: boolean;
  check(change: ObjectChange, context: Context): readonly Finding[];
}
