import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import type { Component, HandedOutProject } from './component.ts';
import { KINDS } from './kinds/index.ts';
import { ARGO_KINDS, type GroupKind, IN_CLUSTER } from './lib/argo.ts';
import { groupOf, type Manifest } from './lib/manifest.ts';

type ProjectSpec = IAppProject['spec'];
/** A kind of cluster-scoped objects, and the names that a project permits; `*` matches any text. */
type NamedKind = GroupKind & { readonly name: string };

/** A component, its objects, and what its project is derived from besides. */
export interface ProjectOf {
  readonly component: Component;
  readonly manifests: readonly Manifest[];
  /** URL of the repository with dist. */
  readonly repository: string;
  /** Names of all components that have a folder of dist. */
  readonly components: readonly string[];
}

/** The AppProject of a component: permits its source, its namespaces and the cluster-scoped objects it renders. */
export function projectOf({ component, manifests, repository, components }: ProjectOf): ProjectSpec {
  const { upstream, name, tier, namespace } = component;
  return {
    description: `Component ${name} of the ${tier} tier`,
    sourceRepos: [upstream ? `${upstream.repository}.git` : repository],
    destinations: sorted([...manifests.flatMap((m) => m.metadata.namespace ?? []), namespace ?? '']).map(destination),
    clusterResourceWhitelist: unique(
      upstream
        ? definitionsOf(upstream.name)
        : manifests.filter((m) => !m.metadata.namespace).flatMap((m) => namesOf(m, name, components)),
    ),
    // Argo CD neither shows nor prunes what a project does not permit. If only the kinds in use were permitted,
    // objects of a kind that is no longer rendered would remain; so all namespaced kinds but Argo CD's are permitted.
    namespaceResourceBlacklist: ARGO_KINDS.slice(),
  };
}

/** The AppProject of Applications that others write: they are confined to namespaces, and cannot widen them. */
export function handedOutProject(project: HandedOutProject): ProjectSpec {
  const { name, description, repositories, namespaces, kinds, groups } = project;
  return {
    description,
    sourceRepos: sorted(repositories),
    destinations: sorted(namespaces).map(destination),
    clusterResourceWhitelist: [],
    // Here a list of what is permitted, in contrast to the components' own: a new kind, such as one of an operator that
    // acts with its own permissions, must not widen what others were given.
    namespaceResourceWhitelist: unique(kinds),
    roles: groups.length > 0 ? [{ name: MEMBERS, groups: [...groups], policies: memberPolicies(name) }] : undefined,
  };
}

/**
 * The names that a cluster-scoped object's project permits: its own, and those that begin with the component's, so that
 * Argo CD still prunes an object after it was renamed. Namespaces by their own name alone, because a component's name may
 * begin another component's.
 */
function namesOf(manifest: Manifest, component: string, components: readonly string[]): NamedKind[] {
  const kind = { group: groupOf(manifest), kind: manifest.kind };
  const own = { ...kind, name: manifest.metadata.name };
  const prefix = `${component}-`;
  if (kind.kind === 'Namespace' || components.some((other) => other.startsWith(prefix))) return [own];
  return own.name === component || own.name.startsWith(prefix) ? [own, { ...kind, name: `${prefix}*` }] : [own];
}

/** What the folders of upstream definitions contain: definitions, and the Gateway API's policies that protect them. */
function definitionsOf(upstream: string): NamedKind[] {
  const groups = sorted(KINDS.filter((kind) => kind.upstream?.name === upstream).map(({ group }) => group));
  return groups.flatMap((group) => DEFINITION_KINDS.map((kind) => ({ ...kind, name: `*.${group}` })));
}

const DEFINITION_KINDS: readonly GroupKind[] = [
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicy' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding' },
];

/** Role of the groups of a project that is handed out. */
const MEMBERS = 'members';

/** Members see, sync and read the logs of the Applications of their project; they do not change them. */
function memberPolicies(project: string): string[] {
  return ['applications, get', 'applications, sync', 'logs, get'].map(
    (right) => `p, proj:${project}:${MEMBERS}, ${right}, ${project}/*, allow`,
  );
}

function destination(namespace: string): { namespace: string; server: string } {
  return { namespace, server: IN_CLUSTER };
}

/** Deduplicated and sorted. */
function unique<T extends GroupKind & { readonly name?: string }>(list: readonly T[]): T[] {
  const byKey = new Map(list.map((item) => [`${item.group}/${item.kind}/${item.name ?? ''}`, item]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key) as T);
}

function sorted(list: readonly string[]): string[] {
  return [...new Set(list.filter(Boolean))].sort();
}
