import { KINDS } from '../../charts/kinds/index.ts';
import { label, listAt } from '../../charts/lib/manifest.ts';
import { isLasting } from '../../charts/order/offers.ts';
import { Rights } from '../../charts/order/rights.ts';
import { upstreamKinds } from '../../charts/upstream/upstream.ts';
import { manifestsOf, textsAt } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/**
 * A read through the cache of a controller never returns for a kind that it may not list, and holds its worker: one
 * object that refers to such a kind is enough, while health checks succeed.
 */
export const controllersReadTheirGroups = invariant(
  'every controller may list and watch every kind of the groups that it controls',
  (cluster) => {
    const manifests = manifestsOf(cluster);
    const rights = new Rights(manifests);
    return manifests.filter(isLasting).flatMap((workload) => {
      const rules = rights.of(workload);
      return CUSTOM_GROUPS.filter((group) => controls(rules, group)).flatMap((group) =>
        kindsOf(group)
          .filter((resource) => !['list', 'watch'].every((verb) => permits(rules, group, resource, verb)))
          .map((resource) => `${label(workload)} controls the group ${group} but may not list ${resource}`),
      );
    });
  },
  {
    'DaemonSet velero/node-agent controls the group velero.io but may not list *':
      'it reads only what it lists at startup: transfers, repositories and locations',
    'DaemonSet velero/node-agent controls the group snapshot.storage.k8s.io but may not list *':
      'it makes and deletes snapshots by name, without a cache',
    'Deployment cert-manager/cert-manager controls the group gateway.networking.k8s.io but may not list *':
      'it makes HTTPRoutes for challenges; the controllers that read the other kinds are disabled',
    'Deployment prometheus-operator/prometheus-operator controls the group monitoring.coreos.com but may not list *':
      'it asks for its rights when it starts, and does not start the controller of a kind that it may not list',
    'Deployment gateway/gateway controls the group gateway.networking.k8s.io but may not list *':
      'it reads through informers that it starts itself, and waits for all of them before it is ready',
  },
);

/** Kinds by group: those that upstream definitions bring, and those that are declared. */
const RESOURCES: readonly (readonly [group: string, resource: string])[] = [
  ...upstreamKinds(),
  ...KINDS.filter(({ builtIn }) => !builtIn),
].map(({ group, resource }) => [group, resource]);
const CUSTOM_GROUPS = [...new Set(RESOURCES.map(([group]) => group))];

function kindsOf(group: string): string[] {
  return [...new Set(RESOURCES.flatMap(([own, resource]) => (own === group ? [resource] : [])))].sort();
}

/** True if rules permit to change any object of a group, or its status. */
function controls(rules: readonly unknown[], group: string): boolean {
  return rules.some(
    (rule) =>
      textsAt(rule, 'apiGroups').includes(group) &&
      textsAt(rule, 'verbs').some((verb) => ['update', 'patch', 'create', '*'].includes(verb)),
  );
}

function permits(rules: readonly unknown[], group: string, resource: string, verb: string): boolean {
  const has = (rule: unknown, field: string, value: string): boolean =>
    listAt(rule, field).some((one) => one === value || one === '*');
  return rules.some(
    (rule) =>
      has(rule, 'apiGroups', group) &&
      has(rule, 'resources', resource) &&
      has(rule, 'verbs', verb) &&
      listAt(rule, 'resourceNames').length === 0,
  );
}
