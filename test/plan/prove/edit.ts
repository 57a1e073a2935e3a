import type { Manifest } from '../../../charts/lib/manifest.ts';

/** A change of one object, as a commit could make it. */
export interface Edit {
  readonly before: Manifest;
  readonly after: Manifest;
  /** What was done where: `remove spec.ports[].name`; edits of one kind with the same text are alike. */
  readonly what: string;
  /** The list that is in another order, if that is all. */
  readonly reordered?: string;
}
