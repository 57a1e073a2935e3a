import { at, listAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt } from '../lib/cluster-objects.ts';
import { containersOf, type Pods, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

const OS = 'kubernetes.io/os';
const VERSION = 'app.kubernetes.io/version';

/** On a cluster that has nodes with Windows too, a Linux image would be scheduled to one of them, and fail there. */
export const linuxNodes = invariant('every pod is scheduled to nodes with Linux', (cluster) =>
  ownPods(cluster)
    .filter(({ spec }) => mapAt(spec, 'nodeSelector')[OS] !== 'linux')
    .map(({ label }) => `${label} does not select nodes with Linux`),
);

/** Which version runs is seen without looking for the image; a selector with it would change with each update. */
export const versions = invariant(
  'every workload has the version of its image as a label, and no selector has it',
  (cluster) =>
    ownPods(cluster).flatMap(({ workload, spec, label, labels }) => {
      const version = /:([^:/@]+)(@|$)/.exec(spec.containers[0]?.image ?? '')?.[1] ?? '';
      const own = mapAt(workload, 'metadata', 'labels')[VERSION];
      // A label's value has at most 63 characters.
      const isVersion = (text = ''): boolean =>
        text !== '' && (text === version || (version.length > 63 && version.startsWith(text)));
      return [
        ...(isVersion(own) ? [] : [`${label} has the version ${own ?? 'none'} instead of ${version}`]),
        ...(isVersion(labels[VERSION]) && labels[VERSION] === own
          ? []
          : [`the pods of ${label} have the version ${labels[VERSION] ?? 'none'} instead of ${version}`]),
        ...(VERSION in mapAt(workload, 'spec', 'selector', 'matchLabels') ? [`${label} selects by version`] : []),
      ];
    }),
);

/** Root in such a pod is nobody on its node, and a user of one pod is not the same user in another. */
export const userNamespaces = invariant(
  'every pod that does not use the node itself has a user namespace of its own, where nodes can give it one',
  (cluster) =>
    ownPods(cluster).flatMap((pods) => {
      const isSeparate = at(pods.spec, 'hostUsers') === false;
      if (isSeparate && !cluster.userNamespaces)
        return [`${pods.label} has a user namespace, which its nodes cannot give`];
      if (isSeparate && usesNode(pods)) return [`${pods.label} has a user namespace, but uses the node itself`];
      return isSeparate || !cluster.userNamespaces || usesNode(pods)
        ? []
        : [`${pods.label} shares the users of its node`];
    }),
);

function usesNode(pods: Pods): boolean {
  const { spec } = pods;
  return (
    ['hostNetwork', 'hostPID', 'hostIPC'].some((field) => at(spec, field) === true) ||
    listAt(spec, 'volumes').some((volume) => at(volume, 'hostPath') !== undefined) ||
    containersOf(pods).some(({ container }) => at(container.securityContext, 'privileged') === true)
  );
}

/** The pods of components that are not made of objects which others wrote: those have their own image and system. */
function ownPods(cluster: ClusterObjects): Pods[] {
  const homes = new Map(cluster.objects.map(({ manifest, component }) => [manifest, component]));
  return workloadPods(cluster).filter(({ workload }) => !cluster.adopted.has(homes.get(workload) ?? ''));
}
