import { at, listAt } from '../../lib/manifest.ts';
import { inList, isImmutable, type Place, within } from './place.ts';

/**
 * What the order of a list means. `steps`: it is what the list is about. `rolls`: nothing, but the API server keeps the
 * new order, so that a pod template is another one and its pods are replaced. `none`: nobody reads it. `unknown`: shown.
 */
export type Order = 'steps' | 'rolls' | 'none' | 'unknown';

/** Merge keys of lists in pods (k8s.io/api, `listMapKey`, else `patchMergeKey`). */
const POD_KEYS: Readonly<Record<string, readonly string[]>> = {
  'spec.containers': ['name'],
  'spec.containers[].env': ['name'],
  'spec.containers[].ports': ['containerPort', 'protocol'],
  'spec.containers[].volumeDevices': ['devicePath'],
  'spec.containers[].volumeMounts': ['mountPath'],
  'spec.containers[].resources.claims': ['name'],
  'spec.hostAliases': ['ip'],
  'spec.imagePullSecrets': ['name'],
  'spec.resourceClaims': ['name'],
  'spec.schedulingGates': ['name'],
  'spec.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'spec.volumes': ['name'],
};

/** Lists of pods of which the order is the content. */
const POD_STEPS = new Set(['spec.containers[].command', 'spec.containers[].args', 'spec.containers[].envFrom']);

/** Merge keys of other lists, by the kind and the path. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'Service spec.ports': ['port', 'protocol'],
  'Gateway spec.listeners': ['name'],
  'ListenerSet spec.listeners': ['name'],
  'MutatingWebhookConfiguration webhooks': ['name'],
  'ValidatingWebhookConfiguration webhooks': ['name'],
  'ValidatingAdmissionPolicy spec.variables': ['name'],
  'ValidatingAdmissionPolicy spec.matchConditions': ['name'],
  'ExternalSecret spec.data': ['secretKey'],
  'PrometheusRule spec.groups': ['name'],
};

/** Lists that are sets, by their paths' end. */
const SETS: readonly RegExp[] = [
  // Roles, bindings, and what selects kinds in policies and webhooks.
  /^(rules|aggregationRule\.clusterRoleSelectors|subjects)$/,
  /(apiGroups|apiVersions|operations|resources|resourceNames|nonResourceURLs|verbs)$/,
  // Network policies.
  /^spec\.(ingress|egress|policyTypes)$/,
  /^spec\.(ingress|egress)\[\]\.(from|to|ports)$/,
  // Selectors: all expressions have to hold, one of the values.
  /matchExpressions(\[\]\.values)?$/,
  /^spec\.metrics$/,
  /(hostnames|dnsNames|parentRefs|backendRefs|listeners|finalizers|accessModes)$/,
  /(included|excluded)(Namespaces|Resources)$/,
  /^spec\.(syncPolicy\.syncOptions|sourceRepos|destinations|(cluster|namespace)Resource(White|Black)list)$/,
  /^(ignoreDifferences|spec\.ignoreDifferences)$/,
  /^spec\.(groups|ports|data)$/,
];

/** Fields by which items of unknown lists are told apart, if every item has one of its own. */
const USUAL = ['name', 'key', 'id', 'secretKey', 'alert', 'record', 'host', 'port', 'type', 'title', 'uid'];

/** The order of a list at a place. */
export function orderOf(place: Place): Order {
  const { pattern, inPods, embedded, root, path } = place;
  if (embedded) return 'unknown';
  if (inPods) return POD_STEPS.has(pattern) || /(^|\.)initContainers$/.test(path) ? 'steps' : 'rolls';
  if (isImmutable(place)) return 'unknown';
  // The order of rules is that in which they are tried.
  if (root.kind.endsWith('Route') && pattern === 'spec.rules') return 'steps';
  return SETS.some((set) => set.test(pattern)) ? 'none' : 'unknown';
}

/** The key of an item of a list, as shown in brackets; undefined if it has none. */
export interface ItemKey {
  (item: unknown): string | undefined;
}

/** Gives each item of two lists a key, so that equal keys are versions of one item; undefined if only the position is left. */
export function keyOf(place: Place, one: readonly unknown[], other: readonly unknown[]): ItemKey | undefined {
  const candidates = candidatesAt(place);
  return candidates.find((key) => [one, other].every((list) => areUnique(list.map(key))));
}

/** The merge key of a list for which the API server has one. */
export function mergeKeyOf({ embedded, inPods, pattern, root }: Place): ItemKey | undefined {
  const fields = embedded ? undefined : inPods ? POD_KEYS[pattern] : KEYS[`${root.kind} ${pattern}`];
  return fields && byFields(fields);
}

function candidatesAt(place: Place): ItemKey[] {
  const declared = mergeKeyOf(place);
  if (declared) return [declared];
  const { pattern, root } = place;
  if (orderOf(place) === 'steps') return [];
  if (root.kind.endsWith('Role') && pattern === 'rules') return [whatARuleIsAbout, wholeAt(place)];
  return [...USUAL.map((field) => byFields([field])), wholeAt(place)];
}

function byFields(fields: readonly string[]): ItemKey {
  return (item) => {
    const values = fields.map((field) => at(item, field) ?? (field === 'protocol' ? 'TCP' : undefined));
    const texts = values.flatMap((value) =>
      typeof value === 'string' || typeof value === 'number' ? [`${value}`] : [],
    );
    if (texts.length < fields.length) return undefined;
    return texts.filter((text) => text !== 'TCP' || fields.length === 1).join('/');
  };
}

/** A rule of a role: its verbs may differ. */
function whatARuleIsAbout(rule: unknown): string {
  const textsAt = (field: string): string => listAt(rule, field).map(String).toSorted().join(',');
  return ['apiGroups', 'resources', 'nonResourceURLs', 'resourceNames'].map(textsAt).filter(Boolean).join(' ');
}

/** The item is its own key: sets of texts, tolerations, rules of network policies. */
function wholeAt(place: Place): ItemKey {
  return (item) => (typeof item === 'string' ? item : JSON.stringify(sorted(inList(place, ''), item)));
}

/** A value with its maps, and the lists of which nobody reads the order, in one order. */
function sorted(place: Place, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(inList(place, ''), item));
    return orderOf(place) === 'none' ? items.toSorted(byText) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, inner]) => [field, sorted(within(place, field), inner)]),
  );
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

function areUnique(keys: readonly (string | undefined)[]): boolean {
  return !keys.includes(undefined) && new Set(keys).size === keys.length;
}
