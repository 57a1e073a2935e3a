import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, handedOutProjects, named, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { kindsOf } from '../lib/projects.ts';
import { invariant } from './invariant.ts';

/** Applications of others can change neither what limits them nor anything outside their namespaces. */
export const handedOutProjectsConfined = invariant(
  'an AppProject for others is confined to their namespaces and cannot widen what they were given',
  (cluster) =>
    handedOutProjects(cluster).flatMap((project) => {
      const permitted = listAt(project, 'spec', 'namespaceResourceWhitelist');
      const namespaces = listAt(project, 'spec', 'destinations').map((d) => textAt(d, 'namespace') ?? '');
      return [
        ...kindsOf(project, 'clusterResourceWhitelist').map(
          (kind) => `${label(project)} allows the cluster-scoped kind ${kind}`,
        ),
        // Without a list Argo CD permits every kind.
        ...(permitted.length > 0 ? [] : [`${label(project)} does not list the kinds that it permits`]),
        ...kindsOf(project, 'namespaceResourceWhitelist')
          .filter((kind) => kind.includes('*') || WIDENING_KINDS.test(kind))
          .map((kind) => `${label(project)} allows the kind ${kind}`),
        ...namespaces
          .filter((namespace) => !isLimited(cluster, namespace))
          .map((namespace) => `${label(project)} allows the namespace ${namespace}, which has no quota`),
        ...namespaces
          .filter((namespace) => !quotasOf(cluster, namespace).some(forbidsPriority))
          .map((namespace) => `${label(project)} allows the namespace ${namespace}, whose pods may have any priority`),
        ...textsAt(project, 'spec', 'sourceRepos')
          .filter((repository) => /[*?![{]/.test(repository))
          .map((repository) => `${label(project)} allows the repositories ${repository}`),
      ];
    }),
);

/** A pod without requests and limits is rejected by a quota, unless a LimitRange states them. */
export const quotasHaveDefaults = invariant('every namespace with a quota has defaults for containers', (cluster) =>
  ofKind(cluster, 'ResourceQuota')
    .filter(
      ({ metadata }) => !ofKind(cluster, 'LimitRange').some((range) => range.metadata.namespace === metadata.namespace),
    )
    .map((quota) => `${label(quota)} has no LimitRange beside it: it rejects containers without requests and limits`),
);

/** Kinds by which others would change what limits them, or have a controller act for them with its own permissions. */
const WIDENING_KINDS = new RegExp(
  `^(${[
    '/(LimitRange|ResourceQuota|Endpoints)',
    '(discovery|networking|rbac.authorization).k8s.io/.*',
    'gateway.networking.k8s.io/(Gateway|ListenerSet)',
    '(argoproj|velero|(acme.)?cert-manager|(generators.)?external-secrets).io/.*',
  ].join('|')})$`,
);

/** True if a namespace of dist has a quota of all its pods. */
function isLimited(cluster: ClusterObjects, namespace: string): boolean {
  return (
    named(cluster, 'Namespace', undefined, namespace) !== undefined &&
    quotasOf(cluster, namespace).some((quota) => at(quota, 'spec', 'scopeSelector') === undefined)
  );
}

/** True if a quota permits no pod with a priority class. */
function forbidsPriority(quota: Manifest): boolean {
  const scopes = listAt(quota, 'spec', 'scopeSelector', 'matchExpressions');
  return (
    textAt(quota, 'spec', 'hard', 'pods') === '0' &&
    scopes.length === 1 &&
    textAt(scopes[0], 'scopeName') === 'PriorityClass' &&
    textAt(scopes[0], 'operator') === 'Exists'
  );
}

function quotasOf(cluster: ClusterObjects, namespace: string): Manifest[] {
  return ofKind(cluster, 'ResourceQuota').filter(({ metadata }) => metadata.namespace === namespace);
}
