import { findKind } from '../kinds/index.ts';
import { capability, type Need, type Offer } from '../kinds/kind.ts';
import { podSpecOf } from '../kinds/references.ts';
import { at, identityOf, listAt, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';

/** What one object provides by itself; for capabilities that depend on other objects see `sharedOffers`. */
export function offersOf(manifest: Manifest): Offer[] {
  const kind = findKind(manifest);
  const own: Offer = {
    key: identityOf(manifest),
    onceHealthy: kind?.offers !== 'at once',
    keys: kind?.keys?.(manifest),
  };
  return [own, ...(kind?.makes?.(manifest) ?? [])];
}

/**
 * Capabilities provided by several objects together:
 * a controller: the workload whose ServiceAccount may write `<resource>/status` of a custom resource;
 * an admission webhook: the workload behind the Service of a webhook configuration.
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
      const backends = workloads.filter((w) => serves(w, hook, manifests));
      for (const key of ruleKeys(listAt(hook, 'rules'), capability.admission)) {
        for (const provider of [configuration, ...backends]) add(provider, key);
      }
    }
  }
  return offers;
}

/** Controller capabilities of the custom resources whose status a workload may write. */
function controls(workload: Manifest, manifests: readonly Manifest[]): string[] {
  const writing = rulesOf(workload, manifests).filter((rule) => allows(rule, 'update') || allows(rule, 'patch'));
  return ruleKeys(writing, (group, resource) =>
    resource.endsWith('/status') ? capability.controller(group, resource.slice(0, -'/status'.length)) : '',
  );
}

/**
 * The definitions of the custom resources that a workload may watch: controllers list them at startup, and many exit
 * with an error if one is missing.
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

/** The identity of the role that a binding grants. */
function roleOf(binding: Manifest): string {
  const kind = textAt(binding, 'roleRef', 'kind') ?? '';
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  return objectIdentity('rbac.authorization.k8s.io', kind, namespace, textAt(binding, 'roleRef', 'name') ?? '');
}

function allows(rule: unknown, verb: string): boolean {
  return listAt(rule, 'verbs').some((v) => v === verb || v === '*');
}

/** A key for every group and resource that RBAC or webhook rules name; wildcards are ignored. */
function ruleKeys(rules: readonly unknown[], key: (group: string, resource: string) => string): string[] {
  return rules.flatMap((rule) =>
    listAt(rule, 'apiGroups').flatMap((group) =>
      listAt(rule, 'resources').flatMap((resource) => {
        const result = group === '*' ? '' : key(String(group), String(resource));
        return result ? [result] : [];
      }),
    ),
  );
}

/** True if the Service of a webhook selects this workload's pods. */
function serves(workload: Manifest, hook: unknown, manifests: readonly Manifest[]): boolean {
  const target = at(hook, 'clientConfig', 'service');
  const service = manifests.find(
    (m) => identityOf(m) === objectIdentity('', 'Service', textAt(target, 'namespace'), textAt(target, 'name') ?? ''),
  );
  return (
    service !== undefined &&
    service.metadata.namespace === workload.metadata.namespace &&
    selects(at(service, 'spec', 'selector'), podSpecOf(workload)?.labels)
  );
}

/** True if the labels match a selector; unlike in Kubernetes, an empty selector matches nothing. */
export function selects(selector: unknown, labels: unknown): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => textAt(labels, key) === value);
}
