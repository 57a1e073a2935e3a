import { Fault } from '../../charts/fault.ts';
import { HOLDS_BACK_SECONDS, SYNC_WAVE } from '../../charts/lib/argo.ts';
import { groupOf, identityOf, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { resourceNameOf } from '../../charts/kinds/index.ts';
import { deriveOrder, type Order, type Part } from '../../charts/order/order.ts';
import {
  APPLICATIONS,
  type ClusterObjects,
  componentsOf,
  mapAt,
  named,
  ofKind,
  textsAt,
} from '../lib/cluster-objects.ts';
import { workloadPods, selected } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** The order has no cycle, and every need is met. */
export const acyclic = invariant('the order can be derived from dist', (cluster) => {
  const order = orderOf(cluster);
  return order instanceof Fault ? order.problems.map(({ what, where }) => `${what} (${where})`) : [];
});

/** Within its Application, each object waits only for what it needs. */
export const objectWaves = invariant('every object has its derived sync wave', (cluster) => {
  const order = orderOf(cluster);
  if (order instanceof Fault) return [];
  return cluster.objects
    .filter(({ component }) => component !== APPLICATIONS)
    .filter(({ manifest }) => waveOf(manifest) !== (order.waves.get(manifest) ?? 0))
    .map(
      ({ manifest }) =>
        `${label(manifest)} has sync wave ${waveOf(manifest)} instead of ${order.waves.get(manifest) ?? 0}`,
    );
});

/** An Application waits for those that its component needs, and for its AppProject. */
export const applicationWaves = invariant('every Application syncs after those that it needs', (cluster) => {
  const order = orderOf(cluster);
  if (order instanceof Fault) return [];
  return ofKind(cluster, 'Application').flatMap((application) => {
    const { name } = application.metadata;
    const before = [...(order.after.get(name) ?? [])];
    // One wave for each level, after that of the projects. The root syncs itself as well, in the last wave.
    const wanted = name === 'root' ? highestLevel(order) + 2 : (order.levels.get(name) ?? 0) + 1;
    const project = named(
      cluster,
      'AppProject',
      application.metadata.namespace,
      textAt(application, 'spec', 'project') ?? '',
    );
    return [
      ...before.flatMap(([other, { from, because }]) =>
        notAfter(cluster, application, other).map((what) => `${what}: ${from} needs ${because}`),
      ),
      ...(waveOf(application) === wanted
        ? []
        : [`${label(application)} has sync wave ${waveOf(application)} instead of ${wanted}`]),
      ...(project && waveOf(project) >= waveOf(application)
        ? [`${label(application)} does not sync after its ${label(project)}`]
        : []),
    ];
  });
});

/** Only what others come after holds back later waves while it is unhealthy, and never for good. */
export const holdsBack = invariant('an Application holds back others only if others come after it', (cluster) => {
  const order = orderOf(cluster);
  if (order instanceof Fault) return [];
  const waitedFor = new Set([...order.after.values()].flatMap((before) => [...before.keys()]));
  return ofKind(cluster, 'Application').flatMap((application) => {
    const seconds = textAt(application, 'metadata', 'annotations', HOLDS_BACK_SECONDS);
    if (waitedFor.has(application.metadata.name))
      return Number(seconds) > 0 ? [] : [`${label(application)} holds back nothing, though others come after it`];
    return seconds === undefined ? [] : [`${label(application)} holds back others, though nothing comes after it`];
  });
});

function highestLevel({ levels }: Order): number {
  return Math.max(...levels.values());
}

/** A custom resource needs its definition first. Checked by API groups alone, independently of the derived order. */
export const definitionsFirst = invariant('custom resource definitions sync before their custom resources', (cluster) =>
  cluster.objects
    .filter(({ component }) => component !== APPLICATIONS)
    .flatMap(({ manifest, component }) => {
      const key = `crd:${groupOf(manifest)}/${resourceNameOf(manifest)}`;
      const owners = [...cluster.provides].filter(([, keys]) => keys.includes(key)).map(([owner]) => owner);
      const application = named(cluster, 'Application', 'argocd', component);
      return application
        ? owners
            .flatMap((owner) => notAfter(cluster, application, owner))
            .map((what) => `${what}, which defines ${label(manifest)}`)
        : [];
    }),
);

/**
 * A webhook with failurePolicy Fail must be available before the objects that it validates or mutates. Checked by its
 * rules and its Service alone.
 */
export const webhooksFirst = invariant('webhooks sync before the objects that they validate or mutate', (cluster) =>
  ofKind(cluster, 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration').flatMap((configuration) =>
    listAt(configuration, 'webhooks')
      .filter((hook) => textAt(hook, 'failurePolicy') !== 'Ignore')
      .flatMap((hook) => {
        const before = [configuration, ...serversOf(cluster, hook)];
        const admitted = cluster.objects.filter(({ manifest }) =>
          listAt(hook, 'rules').some((rule) => isAdmitted(manifest, rule)),
        );
        return admitted.flatMap(({ manifest }) =>
          before
            .filter((first) => !comesBefore(cluster, first, manifest))
            .map((first) => `${label(manifest)} does not sync after ${label(first)}, whose webhook must admit it`),
        );
      }),
  ),
);

function isAdmitted(manifest: Manifest, rule: unknown): boolean {
  const has = (field: string, value: string): boolean =>
    textsAt(rule, field).some((v) => v === '*' || v === '*/*' || v === value);
  return has('apiGroups', groupOf(manifest)) && has('resources', resourceNameOf(manifest));
}

/** The workloads that serve a webhook. */
function serversOf(cluster: ClusterObjects, hook: unknown): Manifest[] {
  const { namespace, name } = {
    namespace: textAt(hook, 'clientConfig', 'service', 'namespace'),
    name: textAt(hook, 'clientConfig', 'service', 'name') ?? '',
  };
  const service = named(cluster, 'Service', namespace, name);
  return service
    ? selected(workloadPods(cluster), namespace, { matchLabels: mapAt(service, 'spec', 'selector') }).map(
        ({ workload }) => workload,
      )
    : [];
}

function comesBefore(cluster: ClusterObjects, first: Manifest, then: Manifest): boolean {
  const [home, other] = [first, then].map(
    (m) => cluster.objects.find(({ manifest }) => manifest === m)?.component ?? '',
  );
  if (home === other) return waveOf(first) < waveOf(then);
  const application = named(cluster, 'Application', 'argocd', other ?? '');
  return application !== undefined && notAfter(cluster, application, home ?? '').length === 0;
}

function notAfter(cluster: ClusterObjects, application: Manifest, other: string): string[] {
  const before = named(cluster, 'Application', application.metadata.namespace, other);
  if (!before) return [`${label(application)} syncs after ${other}, which has no Application`];
  return waveOf(before) < waveOf(application) ? [] : [`${label(application)} does not sync after ${label(before)}`];
}

function waveOf(manifest: Manifest): number {
  return Number(textAt(manifest, 'metadata', 'annotations', SYNC_WAVE) ?? 0);
}

/** Cached by cluster: deriving the order is the slowest check, and a cluster no longer changes once it is checked. */
const ORDERS = new WeakMap<ClusterObjects, Order | Fault>();

/** The order of the components, derived again from the objects in dist. */
function orderOf(cluster: ClusterObjects): Order | Fault {
  const known = ORDERS.get(cluster);
  if (known) return known;
  const order = derive(cluster);
  ORDERS.set(cluster, order);
  return order;
}

function derive(cluster: ClusterObjects): Order | Fault {
  const names = new Set([...componentsOf(cluster), ...cluster.provides.keys()]);
  names.delete(APPLICATIONS);
  const parts = [...names].map((name) => partOf(cluster, name));
  try {
    return deriveOrder(parts, cluster.preinstalled);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function partOf(cluster: ClusterObjects, name: string): Part {
  const manifests = cluster.objects.filter(({ component }) => component === name).map(({ manifest }) => manifest);
  const byIdentity = new Map(manifests.map((m) => [identityOf(m), m]));
  const stated = cluster.stated.flatMap(([from, to]) => {
    const [a, b] = [byIdentity.get(from), byIdentity.get(to)];
    return a && b ? [[a, b] as const] : [];
  });
  return { name, manifests, stated, provides: cluster.provides.get(name) };
}
