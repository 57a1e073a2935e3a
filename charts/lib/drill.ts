import type { Storage } from './stateful-set.ts';

/**
 * How a database proves that its backup can be restored: a copy of the pod with its dumps is restored in another namespace,
 * and runs a script in place of what it ran. It has no init containers.
 */
export interface Drill {
  /** Namespace and name of the pod in the backup. */
  readonly namespace: string;
  readonly pod: string;
  /** Labels that select the pod and its claims there. */
  readonly labels: Readonly<Record<string, string>>;
  /** Claim of the dumps, which the pod has as its volume `dump`. */
  readonly claim: string;
  /** The container whose image runs the script; the others are left out. */
  readonly container: string;
  readonly others: readonly string[];
  /** Script of Bash that ends with 0 if the newest dump in `/dump` is as it was taken, restored below `SCRATCH`. */
  readonly script: string;
  /** Volume that the dump is restored into, as large as the database's own. */
  readonly scratch: { readonly size: string; readonly storage: Storage };
}
