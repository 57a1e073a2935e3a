import type { Verdict } from '../../../charts/plan/model.ts';

/** A sync operation, or a comparison before it, that failed. */
export interface Refusal {
  readonly application: string;
  /** `Deployment hello/hello`; absent if the message is about the Application as a whole. */
  readonly object?: string;
  /** What Argo CD says, with the API server's words in it. */
  readonly message: string;
  /** How many attempts failed: of the sync, or of the comparison before it. */
  readonly attempts: number;
  /** True if the Application was Synced and Healthy in the end. */
  readonly healed: boolean;
}

/** A workload whose pods were replaced by those of another template. */
export interface Restart {
  readonly application: string;
  readonly object: string;
  /** The rendered object whose controller made the workload, if it is not rendered itself: `Prometheus prometheus/prometheus`. */
  readonly madeFrom?: string;
  /** How many pods came in their place. */
  readonly pods: number;
}

/** An object of dist that came, went, or is another one under the same name. */
export interface Change {
  readonly application: string;
  readonly object: string;
  readonly how: 'created' | 'deleted' | 'replaced';
}

/** What Applications of one sync wave of the root did. */
export interface Wave {
  readonly wave: number;
  /** Those that synced. */
  readonly applications: readonly string[];
  /** Seconds after the push: the first sync started, and the last Application was Synced and Healthy. */
  readonly from: number;
  /** Absent if one of them never was. */
  readonly to?: number;
}

/** An Application that was not Synced and Healthy in the end. */
export interface Unsettled {
  readonly application: string;
  /** `OutOfSync, Degraded` */
  readonly status: string;
}

/** What happened in the lab from the push until nothing happened any more. */
export interface Seen {
  readonly refusals: readonly Refusal[];
  readonly restarts: readonly Restart[];
  readonly changes: readonly Change[];
  /** Hooks that ran again, as they do on each sync of their Application. */
  readonly hooks: readonly { readonly application: string; readonly object: string }[];
  /** Applications that waited for a person to confirm a deletion: the rehearsal did. */
  readonly confirmed: readonly string[];
  /** In the derived order. */
  readonly waves: readonly Wave[];
  readonly unsettled: readonly Unsettled[];
  /** From the push until everything had settled. */
  readonly seconds: number;
}

/** Of a change that does nothing. */
export const NOTHING_SEEN: Seen = {
  refusals: [],
  restarts: [],
  changes: [],
  hooks: [],
  confirmed: [],
  waves: [],
  unsettled: [],
  seconds: 0,
};

/** What `slipway plan` says of one object. */
export interface Planned {
  readonly application: string;
  readonly object: string;
  readonly verdict: Verdict;
  /** What goes with it. */
  readonly takes?: readonly string[];
}

/** A difference between the plan and what was seen. */
export interface Deviation {
  readonly application: string;
  readonly object?: string;
  /** `restart`; `nothing` if the plan does not name the object. */
  readonly planned: string;
  /** `2 pods replaced` */
  readonly seen: string;
}

/** The report of a rehearsed change. */
export interface Report extends Seen {
  readonly version: 1;
  readonly cluster: string;
  /** Commits. */
  readonly base: string;
  readonly head: string;
  readonly planned: readonly Planned[];
  readonly notAsPlanned: readonly Deviation[];
}

/** Whether a change can be merged as far as the rehearsal says: nothing refused, all healthy, and all as planned. */
export function isAsPlanned({ refusals, unsettled, notAsPlanned }: Report): boolean {
  return unsettled.length === 0 && notAsPlanned.length === 0 && refusals.every(({ healed }) => healed);
}

/** What no rehearsal with simulated nodes proves. */
export const UNPROVEN = [
  'Nodes are simulated: no image is pulled or run, so that neither a crash, a probe nor a resource limit is seen.',
  "A program's own migration of its data is not seen, nor how long its start takes.",
  'Cloud, disks, Velero and External Secrets are stand-ins, and seconds are those of this machine.',
  'The base starts from nothing: what was changed by hand in the cluster, and its data, are not there.',
] as const;
