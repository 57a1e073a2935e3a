import { at, label, type Manifest } from '../../../lib/manifest.ts';
import { claimsOf } from '../pods.ts';
import { type Context, rule, type Said } from '../rule.ts';
import { REPLICATED, replicasIgnored, replicasOf, scalerLimits, scalerOf, SCALERS } from '../scaling.ts';

/** What an object says of the fewest pods of a workload. */
interface Least {
  readonly old: number;
  readonly now: number;
  readonly path: string;
}

/** How many pods run at least, before and after; undefined if this object does not decide on it. */
function least(before: Manifest, after: Manifest, { after: snapshot, application }: Context): Least | undefined {
  if (SCALERS.includes(after.kind)) {
    const path = `spec.min${scalerLimits(after).field}`;
    return { old: scalerLimits(before).min, now: scalerLimits(after).min, path };
  }
  const scaled = scalerOf(after, snapshot) !== undefined;
  if (scaled || replicasIgnored(after, application, snapshot)) return undefined;
  return { old: replicasOf(before), now: replicasOf(after), path: 'spec.replicas' };
}

const KINDS = [...REPLICATED, ...SCALERS];

function fewer(says: (least: Least, after: Manifest) => Omit<Said, 'path'> | undefined) {
  return (before: Manifest, after: Manifest, context: Context): Said[] => {
    const found = least(before, after, context);
    if (!found || found.now >= found.old) return [];
    const said = says(found, after);
    return said ? [{ path: found.path, ...said }] : [];
  };
}

const noPods = rule('SLP-no-pods', {
  severity: 'danger',
  about: 'A workload has no pods any more: replicas 0, or an autoscaler that goes down to 0',
  kinds: KINDS,
  changed: fewer(({ old, now }, after) =>
    now === 0
      ? {
          says: `${label(after)} goes from ${old} to 0 pods: nothing serves any more`,
          instead: 'keep one pod, or remove the workload and what calls it',
        }
      : undefined,
  ),
});

const singleReplica = rule('SLP-single-replica', {
  severity: 'danger',
  about: 'A workload has only one pod left: each drain and each crash is an outage',
  kinds: KINDS,
  changed: fewer(({ old, now }, after) =>
    now === 1 && claimsOf(after).size === 0
      ? {
          says: `${label(after)} goes from ${old} to 1 pod at least: it is away whenever that pod is`,
          instead: 'keep 2 or more',
        }
      : undefined,
  ),
});

const fewerReplicas = rule('SLP-fewer-replicas', {
  severity: 'warn',
  about: 'A workload gets fewer pods',
  kinds: KINDS,
  changed: fewer(({ old, now }, after) =>
    now > 1 && claimsOf(after).size === 0
      ? {
          says: `${label(after)} goes from ${old} to ${now} pods at least`,
          instead: 'check that they carry the load while one of them is away',
        }
      : undefined,
  ),
});

const maximum = rule('SLP-autoscaler-maximum', {
  severity: 'warn',
  about: 'The maximum of an autoscaler falls: pods above it are stopped at once, whatever the load is',
  kinds: SCALERS,
  changed: (before, after) => {
    const [old, { max, field }] = [scalerLimits(before).max, scalerLimits(after)];
    return max < old
      ? [
          {
            path: `spec.max${field}`,
            says: `${label(after)} goes up to ${max} pods instead of ${old}`,
            instead: 'check how many have run at peaks',
          },
        ]
      : [];
  },
});

const invalid = rule('SLP-autoscaler-invalid', {
  refuses: true,
  severity: 'block',
  about: 'The minimum of an autoscaler is above its maximum: the API server or the controller refuses it',
  kinds: SCALERS,
  written: (_, after) => {
    const { min, max, field } = scalerLimits(after);
    return min > max
      ? [
          {
            path: `spec.min${field}`,
            says: `${label(after)} is refused: its minimum of ${min} is above its maximum of ${max}`,
            instead: `lower min${field}, or raise max${field}`,
          },
        ]
      : [];
  },
});

const suspended = rule('SLP-suspended', {
  severity: 'warn',
  about: 'A Job, a CronJob or a rollout is suspended or paused',
  kinds: ['CronJob', 'Deployment', 'Job', 'Rollout'],
  changed: (before, after) =>
    ['suspend', 'paused']
      .filter((field) => at(after, 'spec', field) === true && at(before, 'spec', field) !== true)
      .map((field) => ({
        path: `spec.${field}`,
        says:
          field === 'suspend'
            ? `${label(after)} starts no pods until it is resumed`
            : `${label(after)} is paused: later changes of its pods have no effect until it is not`,
        instead: 'do it in the cluster for the time of the work, not in Git',
      })),
});

/** How many pods run. */
export const REPLICAS = [noPods, singleReplica, fewerReplicas, maximum, invalid, suspended];
