import { findKind } from '../kinds/index.ts';
import { capability, type Need, type Offer } from '../kinds/kind.ts';
import { podSpecOf } from '../kinds/references.ts';
import { at, identityOf, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import type { Rights } from './rights.ts';

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
 * an admission webhook: the workload behind the Service of a webhook configuration;
 * an admission policy: with its bindings, as soon as they exist.
 */
export function sharedOffers(manifests: readonly Manifest[], rights: Rights): Map<Manifest, Offer[]> {
  const offers = new Map<Manifest, Offer[]>();
  const add = (to: Manifest, key: string, onceHealthy = true): void => {
    const list = offers.get(to) ?? [];
    list.push({ key, onceHealthy });
    offers.set(to, list);
  };
  const workloads = manifests.filter(isLasting);
  for (const workload of workloads) for (const key of controls(workload, rights)) add(workload, key);
  for (const configuration of manifests.filter((m) => m.kind.endsWith('WebhookConfiguration'))) {
    for (const hook of listAt(configuration, 'webhooks')) {
      if (textAt(hook, 'failurePolicy') === 'Ignore') continue;
      const service = serviceOf(hook, manifests);
      const backends = workloads.filter((w) => service && leadsTo(service, w));
      for (const key of ruleKeys(listAt(hook, 'rules'), capability.admission)) {
        for (const provider of [configuration, ...backends]) add(provider, key);
      }
    }
  }
  for (const policy of manifests.filter((m) => m.kind === 'ValidatingAdmissionPolicy')) {
    const bindings = manifests.filter(
      (m) => m.kind === 'ValidatingAdmissionPolicyBinding' && textAt(m, 'spec', 'policyName') === policy.metadata.name,
    );
    for (const key of ruleKeys(listAt(policy, 'spec', 'matchConstraints', 'resourceRules'), capability.admission))
      for (const provider of [policy, ...bindings]) add(provider, key, false);
  }
  return offers;
}

/** True for a workload whose pods run on, unlike those of a Job. */
export function isLasting(manifest: Manifest): boolean {
  const pods = podSpecOf(manifest);
  return pods !== undefined && !['Never', 'OnFailure'].includes(textAt(pods.spec, 'restartPolicy') ?? '');
}

/** The custom resources whose status a workload may write. */
function controls(workload: Manifest, rights: Rights): string[] {
  const writing = rights.of(workload).filter((rule) => allows(rule, 'update') || allows(rule, 'patch'));
  return ruleKeys(writing, (group, resource) =>
    resource.endsWith('/status') ? capability.controller(group, resource.slice(0, -'/status'.length)) : '',
  );
}

/**
 * The definitions of the custom resources that a workload may watch: controllers list them at startup, and many exit
 * with an error if one is missing.
 */
export function watches(workload: Manifest, rights: Rights): Need[] {
  const reading = rights.of(workload).filter((rule) => allows(rule, 'watch'));
  return [...new Set(ruleKeys(reading, capability.crd))].map((wants) => ({
    wants,
    says: `the definition of ${wants.slice('crd:'.length)}, which it watches`,
    path: 'its RBAC rules',
    when: 'ifAny',
  }));
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

/** The Service that a webhook calls. */
function serviceOf(hook: unknown, manifests: readonly Manifest[]): Manifest | undefined {
  const { namespace, name } = (at(hook, 'clientConfig', 'service') ?? {}) as { namespace?: string; name?: string };
  return manifests.find((m) => m.kind === 'Service' && m.metadata.name === name && m.metadata.namespace === namespace);
}

function leadsTo(service: Manifest, workload: Manifest): boolean {
  return (
    service.metadata.namespace === workload.metadata.namespace &&
    selects(at(service, 'spec', 'selector'), podSpecOf(workload)?.labels)
  );
}

/** True if the labels match a selector; unlike in Kubernetes, an empty selector matches nothing. */
export function selects(selector: unknown, labels: unknown): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => textAt(labels, key) === value);
}
