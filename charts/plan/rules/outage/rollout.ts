import { at, label, type Manifest, textAt } from '../../../lib/manifest.ts';
import { selectsLabels } from '../../../lib/selector.ts';
import { claimsOf, POD_KINDS, podsOf } from '../pods.ts';
import { rule, shown } from '../rule.ts';
import { replicasOf } from '../scaling.ts';

const strategyOf = (one: Manifest): unknown => at(one, 'spec', 'strategy') ?? at(one, 'spec', 'updateStrategy');
const typeOf = (one: Manifest): string => textAt(strategyOf(one), 'type') ?? 'RollingUpdate';

const recreate = rule('SLP-recreate', {
  severity: 'danger',
  about: 'The strategy Recreate: each change of the pods stops all of them before a new one starts',
  kinds: ['Deployment'],
  changed: (before, after) =>
    typeOf(after) === 'Recreate' && typeOf(before) !== 'Recreate'
      ? [
          {
            path: 'spec.strategy.type',
            says: `${label(after)} stops all its pods before it starts new ones, from this change on: the strategy was ${typeOf(before)}, and is Recreate`,
            instead: 'keep RollingUpdate, unless two versions must never run at once',
          },
        ]
      : [],
});

/** The share of pods that may be away in an update. A number counts against the replicas, which a DaemonSet has none of. */
function unavailableShare(one: Manifest): number {
  const standard = one.kind === 'Deployment' || one.kind === 'Rollout' ? '25%' : 1;
  const steps = at(strategyOf(one), 'rollingUpdate') ?? at(strategyOf(one), 'canary');
  const value = at(steps, 'maxUnavailable') ?? standard;
  if (typeof value === 'string' && value.endsWith('%')) return Number(value.slice(0, -1)) / 100;
  return one.kind === 'DaemonSet' ? 0 : Number(value) / Math.max(replicasOf(one), 1);
}

/** Up to this share, an update is no loss of service: a set of two stops one pod at a time. */
const HALF = 0.5;

const unavailable = rule('SLP-update-unavailable', {
  severity: 'danger',
  about: 'More than half of the pods may be away at once in an update, and could not before',
  kinds: ['DaemonSet', 'Deployment', 'Rollout', 'StatefulSet'],
  changed: (before, after) => {
    const [old, now] = [unavailableShare(before), unavailableShare(after)];
    const same = JSON.stringify(strategyOf(before)) === JSON.stringify(strategyOf(after));
    return now > HALF && now > old && !same
      ? [
          {
            path: `spec.${at(after, 'spec', 'strategy') === undefined ? 'updateStrategy' : 'strategy'}.rollingUpdate.maxUnavailable`,
            says: `An update of ${label(after)} may stop ${Math.min(100, Math.round(now * 100))} % of its pods at once instead of ${Math.round(old * 100)} %`,
            instead: 'set maxUnavailable to 0 or 1, and let maxSurge make it faster',
          },
        ]
      : [];
  },
});

const partitionOf = (one: Manifest): number => Number(at(strategyOf(one), 'rollingUpdate', 'partition') ?? 0);

const updatesStop = rule('SLP-updates-stop', {
  severity: 'warn',
  about: 'Updates reach only some pods, or none until somebody deletes them: OnDelete, or a higher partition',
  kinds: ['DaemonSet', 'StatefulSet'],
  changed: (before, after) => [
    ...(typeOf(after) === 'OnDelete' && typeOf(before) !== 'OnDelete'
      ? [
          {
            path: 'spec.updateStrategy.type',
            says: `A change of ${label(after)} reaches no pod until somebody deletes it: the strategy was ${typeOf(before)}, and is OnDelete`,
            instead: 'keep RollingUpdate, or write down who deletes the pods',
          },
        ]
      : []),
    ...(partitionOf(after) > partitionOf(before)
      ? [
          {
            path: 'spec.updateStrategy.rollingUpdate.partition',
            says: `Changes of ${label(after)} do not reach its pods below ${partitionOf(after)}: the partition was ${partitionOf(before)}`,
            instead: 'set it back to 0 once the pods above have proved well',
          },
        ]
      : []),
  ],
});

/** Kubernetes' default. */
const GRACE_SECONDS = 30;

const grace = rule('SLP-grace-shorter', {
  severity: 'warn',
  about: 'Pods get less time to stop',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const [old, now] = [before, after].map((one) => {
      const pods = podsOf(one);
      return pods?.spec === undefined
        ? undefined
        : Number(at(pods.spec, 'terminationGracePeriodSeconds') ?? GRACE_SECONDS);
    });
    return old !== undefined && now !== undefined && now < old
      ? [
          {
            path: `${podsOf(after)!.path}.terminationGracePeriodSeconds`,
            says: `Pods of ${label(after)} are killed after ${now} seconds instead of ${old}${claimsOf(after).size > 0 ? ', while they may still write to their volumes' : ', with the requests that they still serve'}`,
            instead: 'keep it longer than the longest request, the preStop hook and a step-down take together',
          },
        ]
      : [];
  },
});

const selectorMisses = rule('SLP-selector-misses', {
  refuses: true,
  severity: 'block',
  about: 'The selector of a workload does not match the labels of its own pods: the API server refuses it',
  kinds: ['DaemonSet', 'Deployment', 'ReplicaSet', 'Rollout', 'StatefulSet'],
  written: (_, after) => {
    const [selector, pods] = [at(after, 'spec', 'selector'), podsOf(after)];
    return selector === undefined || pods === undefined || selectsLabels(selector, pods.labels)
      ? []
      : [
          {
            path: 'spec.template.metadata.labels',
            says: `${label(after)} is refused: its selector ${shown(at(selector, 'matchLabels') ?? selector)} does not match the labels of its pods, ${shown(pods.labels)}`,
            instead: 'give the pods the labels of the selector, which cannot change',
          },
        ];
  },
});

/** How pods are replaced. */
export const ROLLOUTS = [recreate, unavailable, updatesStop, grace, selectorMisses];
