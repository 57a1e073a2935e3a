import { at, groupOf, identity, identityOf, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import { capability, type Need } from './reference.ts';
import { podSpecOf } from './pods.ts';

/** Something an object brings, once it is there or once it is healthy. */
export interface Offer {
  /** An object's identity, or a capability; see needs.ts. */
  readonly key: string;
  /** True if it holds only once the object is healthy, not as soon as it is applied. */
  readonly onceHealthy: boolean;
  /** Keys of the Secret or ConfigMap, listeners of the Gateway; undefined if they cannot be told. */
  readonly keys?: readonly string[];
}

/** Kinds that are of use as soon as the API server has them. */
const AT_ONCE = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'Namespace',
  'NetworkPolicy',
  'Password',
  'PriorityClass',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
  'StorageClass',
  'AppProject',
  'PersistentVolumeClaim',
]);

/** What one object brings by itself; capabilities that need a look at others are in `sharedOffers`. */
export function offersOf(manifest: Manifest): Offer[] {
  const own: Offer = { key: identityOf(manifest), onceHealthy: !AT_ONCE.has(manifest.kind), keys: keysOf(manifest) };
  return [own, ...(BY_PRODUCTS[`${groupOf(manifest)}/${manifest.kind}`]?.(manifest) ?? [])];
}

function keysOf(m: Manifest): readonly string[] | undefined {
  if (m.kind === 'Gateway') return listAt(m, 'spec', 'listeners').map((l) => textAt(l, 'name') ?? '');
  if (m.kind !== 'Secret' && m.kind !== 'ConfigMap') return undefined;
  return ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(at(m, field) ?? {}));
}

/** Objects that controllers make out of these. */
const BY_PRODUCTS: Readonly<Record<string, (manifest: Manifest) => Offer[]>> = {
  'external-secrets.io/ExternalSecret': (m) => [
    secret(
      m,
      textAt(m, 'spec', 'target', 'name') ?? m.metadata.name,
      Object.keys(at(m, 'spec', 'target', 'template', 'data') ?? {}),
    ),
  ],
  'external-secrets.io/PushSecret': (m) =>
    listAt(m, 'spec', 'data').map((item) => ({
      key: capability.remoteSecret(textAt(item, 'match', 'remoteRef', 'remoteKey') ?? ''),
      onceHealthy: true,
    })),
  'cert-manager.io/Certificate': (m) => [
    secret(m, textAt(m, 'spec', 'secretName') ?? '', ['ca.crt', 'tls.crt', 'tls.key']),
  ],
  'apiregistration.k8s.io/APIService': (m) => [
    { key: capability.api(textAt(m, 'spec', 'group') ?? ''), onceHealthy: true },
  ],
};

function secret(m: Manifest, name: string, keys: readonly string[]): Offer {
  return {
    key: identity('', 'Secret', m.metadata.namespace, name),
    onceHealthy: true,
    keys: keys.length > 0 ? keys : undefined,
  };
}

/**
 * Capabilities that several objects make together:
 * a controller, the workload whose ServiceAccount may write `<resource>/status` of a custom resource;
 * an admission webhook, the workload behind the Service that a webhook configuration calls.
 */
export function sharedOffers(manifests: readonly Manifest[]): Map<Manifest, Offer[]> {
  const offers = new Map<Manifest, Offer[]>();
  const add = (to: Manifest, key: string): void => {
    const list = offers.get(to) ?? [];
    list.push({ key, onceHealthy: true });
    offers.set(to, list);
  };
  const workloads = manifests.filter((m) => podSpecOf(m) && m.kind !== 'Job');
  for (const workload of workloads) for (const key of controls(workload, manifests)) add(workload, key);
  for (const configuration of manifests.filter((m) => m.kind.endsWith('WebhookConfiguration'))) {
    for (const hook of listAt(configuration, 'webhooks')) {
      if (textAt(hook, 'failurePolicy') === 'Ignore') continue;
      const behind = workloads.filter((w) => serves(w, hook, manifests));
      for (const key of ruleKeys(listAt(hook, 'rules'), capability.admission)) {
        for (const provider of [configuration, ...behind]) add(provider, key);
      }
    }
  }
  return offers;
}

/** The custom resources whose status a workload may write. */
function controls(workload: Manifest, manifests: readonly Manifest[]): string[] {
  const writing = rulesOf(workload, manifests).filter((rule) => allows(rule, 'update') || allows(rule, 'patch'));
  return ruleKeys(writing, (group, resource) =>
    resource.endsWith('/status') ? capability.controller(group, resource.slice(0, -'/status'.length)) : '',
  );
}

/**
 * The definitions of the custom resources that a workload may watch: controllers list them at start, and many
 * end with an error if a definition is missing then.
 */
export function watches(workload: Manifest, manifests: readonly Manifest[]): Need[] {
  if (!podSpecOf(workload)) return [];
  const reading = rulesOf(workload, manifests).filter((rule) => allows(rule, 'watch'));
  return [...new Set(ruleKeys(reading, capability.crd))].map((wants) => ({
    wants,
    says: `the definition of ${wants.slice('crd:'.length)}, which it watches`,
    path: 'its RBAC rules',
    when: 'ifAny',
  }));
}

/** The RBAC rules of a workload's ServiceAccount. */
function rulesOf(workload: Manifest, manifests: readonly Manifest[]): unknown[] {
  const { namespace } = workload.metadata;
  const account = textAt(podSpecOf(workload)?.spec, 'serviceAccountName');
  const roles = new Set(
    manifests
      .filter((m) => m.kind === 'RoleBinding' || m.kind === 'ClusterRoleBinding')
      .filter((m) =>
        listAt(m, 'subjects').some((s) => textAt(s, 'name') === account && textAt(s, 'namespace') === namespace),
      )
      .map(roleOf),
  );
  return manifests.filter((m) => roles.has(identityOf(m))).flatMap((m) => listAt(m, 'rules'));
}

/** The identity of the role that a binding gives. */
function roleOf(binding: Manifest): string {
  const kind = textAt(binding, 'roleRef', 'kind') ?? '';
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  return identity('rbac.authorization.k8s.io', kind, namespace, textAt(binding, 'roleRef', 'name') ?? '');
}

function allows(rule: unknown, verb: string): boolean {
  return listAt(rule, 'verbs').some((v) => v === verb || v === '*');
}

/** Every group and resource that rules name, as keys; wildcards name nobody in particular. */
function ruleKeys(rules: readonly unknown[], key: (group: string, resource: string) => string): string[] {
  return rules.flatMap((rule) =>
    listAt(rule, 'apiGroups').flatMap((group) =>
      listAt(rule, 'resources').flatMap((resource) => {
        const made = group === '*' ? '' : key(String(group), String(resource));
        return made ? [made] : [];
      }),
    ),
  );
}

/** True if the Service that a webhook calls leads to this workload's pods. */
function serves(workload: Manifest, hook: unknown, manifests: readonly Manifest[]): boolean {
  const target = at(hook, 'clientConfig', 'service');
  const service = manifests.find(
    (m) => identityOf(m) === identity('', 'Service', textAt(target, 'namespace'), textAt(target, 'name') ?? ''),
  );
  return (
    service !== undefined &&
    service.metadata.namespace === workload.metadata.namespace &&
    selects(at(service, 'spec', 'selector'), podSpecOf(workload)?.labels)
  );
}

/** True if every label of a selector stands among the labels; an empty selector selects nothing here. */
export function selects(selector: unknown, labels: unknown): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => textAt(labels, key) === value);
}
