import { at, label as labelOf } from '../../charts/lib/manifest.ts';
import { mapAt, ofKind } from '../lib/cluster-objects.ts';
import { LEVELS, type Level, violationsOf } from '../lib/pod-security-standard.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

const PREFIX = 'pod-security.kubernetes.io/';

/** The API server enforces `restricted`, and warns and audits at the same level. */
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
          .map((mode) => `${labelOf(namespace)} has a different level for ${mode} than it enforces`),
        ...(labels[`${PREFIX}enforce-version`]
          ? []
          : [`${labelOf(namespace)} does not set the version of the Pod Security Standards it enforces`]),
      ];
    }),
  {
    'Namespace node-exporter enforces privileged': 'no other level allows a hostPath, which it reads the node by',
    'Namespace velero enforces privileged':
      "without snapshots, files are copied from a hostPath, the kubelet's directory on each node",
    'Namespace velero enforces baseline':
      'the data mover pods that Velero creates run as root: they read and write files of every owner',
  },
);

/** No pod is rejected at the level of its namespace, nor uses what a weaker level would allow. */
export const podLevels = invariant(
  'every pod meets Pod Security restricted',
  (cluster) => {
    const levels = new Map(
      ofKind(cluster, 'Namespace').map((m) => [m.metadata.name, mapAt(m, 'metadata', 'labels')[`${PREFIX}enforce`]]),
    );
    return workloadPods(cluster).flatMap((pods) => {
      const enforced = levels.get(pods.namespace);
      // A namespace that is not in dist, or has no level, does not weaken the check.
      const level = LEVELS.find((l): l is Level => l === enforced) ?? 'restricted';
      const rejected = new Set(violationsOf(pods, level));
      return violationsOf(pods, 'restricted').map((what) =>
        rejected.has(what)
          ? `${pods.label} ${what}`
          : `${pods.label} ${what}, which only the level of its namespace allows`,
      );
    });
  },
  {
    'DaemonSet node-exporter/node-exporter mounts a hostPath *, which only the level of its namespace allows':
      'it reads how the node is from its /proc and /sys, and how full its disks are, without privileges',
    'DaemonSet velero/node-agent *, which only the level of its namespace allows':
      'without snapshots, it reads the volumes of all pods on its node, whose directory only root may read',
  },
);

/** An attacker in a container cannot modify its root file system. */
export const readOnlyRoot = invariant('every container has a read-only root file system', (cluster) =>
  workloadPods(cluster).flatMap((pods) =>
    containersOf(pods)
      .filter(({ container }) => at(container.securityContext, 'readOnlyRootFilesystem') !== true)
      .map(({ label }) => `${label} can write to its root file system`),
  ),
);
