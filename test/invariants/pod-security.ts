import { at, label as labelOf } from '../../charts/lib/manifest.ts';
import { mapAt, ofKind } from '../lib/cluster-objects.ts';
import { LEVELS, type Level, violationsOf } from '../lib/pod-security-standard.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

const PREFIX = 'pod-security.kubernetes.io/';

/** The API server enforces `restricted`, and says the same in warnings and audits. */
export const namespaceLevels = invariant(
  'every namespace enforces Pod Security restricted',
  (cluster) =>
    ofKind(cluster, 'Namespace').flatMap((namespace) => {
      const labels = mapAt(namespace, 'metadata', 'labels');
      const enforced = labels[`${PREFIX}enforce`];
      return [
        ...(enforced === 'restricted' ? [] : [`${labelOf(namespace)} enforces ${enforced ?? 'nothing'}`]),
        ...['audit', 'warn']
          .filter((mode) => labels[PREFIX + mode] !== enforced)
          .map((mode) => `${labelOf(namespace)} has another level for ${mode} than it enforces`),
        ...(labels[`${PREFIX}enforce-version`]
          ? []
          : [`${labelOf(namespace)} does not say which version of the levels it enforces`]),
      ];
    }),
  {
    'Namespace velero enforces privileged':
      'without snapshots, files are copied out of a folder of the kubelet on each node',
    'Namespace velero enforces baseline':
      'pods that Velero starts to move data run as root: they read and write files of every owner',
  },
);

/** No pod is refused by the level of its namespace, nor makes use of what a laxer namespace would let through. */
export const podLevels = invariant(
  'every pod is fit for Pod Security restricted',
  (cluster) => {
    const levels = new Map(
      ofKind(cluster, 'Namespace').map((m) => [m.metadata.name, mapAt(m, 'metadata', 'labels')[`${PREFIX}enforce`]]),
    );
    return workloadPods(cluster).flatMap((pods) => {
      const enforced = levels.get(pods.namespace);
      // A namespace that others bring, or without a level, is no licence.
      const level = LEVELS.find((l): l is Level => l === enforced) ?? 'restricted';
      const refused = new Set(violationsOf(pods, level));
      return violationsOf(pods, 'restricted').map((what) =>
        refused.has(what) ? `${pods.label} ${what}` : `${pods.label} ${what}, which only its lax namespace allows`,
      );
    });
  },
  {
    'DaemonSet velero/node-agent *, which only its lax namespace allows':
      'without snapshots, it finds the volumes of all users of its node, whose folder only root may read',
  },
);

/** Nobody who gets in can leave anything behind. */
export const readOnlyRoot = invariant('every container has a read-only root file system', (cluster) =>
  workloadPods(cluster).flatMap((pods) =>
    containersOf(pods)
      .filter(({ container }) => at(container.securityContext, 'readOnlyRootFilesystem') !== true)
      .map(({ label }) => `${label} can write to its root file system`),
  ),
);
