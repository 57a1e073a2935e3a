import { isMap, patternOf, type Path } from './tree.ts';

/** Lists of which nobody reads the order, by their kind and path; the API server keeps the order in which they are said. */
const FREE: readonly (readonly [kinds: RegExp, lists: RegExp])[] = [
  [/^(Cluster)?Role$/, /^rules(\[\]\.(verbs|apiGroups|resources|resourceNames|nonResourceURLs))?$/],
  [/^(Cluster)?RoleBinding$/, /^subjects$/],
  [/^NetworkPolicy$/, /^spec\.(policyTypes|(ingress|egress)(\[\]\.(from|to|ports))?)$/],
  [/^(NetworkPolicy|Gateway)$/, /[sS]elector\.matchExpressions(\[\]\.values)?$/],
  [/^HorizontalPodAutoscaler$/, /^spec\.metrics$/],
  [/^Service$/, /^spec\.ports$/],
  [/^(HTTP|GRPC)Route$/, /^spec\.(hostnames|parentRefs)$/],
  [/^Gateway$/, /^spec\.listeners$/],
  [/^Certificate$/, /^spec\.dnsNames$/],
  [/^(PersistentVolume|PersistentVolumeClaim)$/, /^spec\.accessModes$/],
  [/WebhookConfiguration$/, /^webhooks\[\]\.rules\[\]\.(apiGroups|apiVersions|operations|resources)$/],
  [/^ValidatingAdmissionPolicy$/, /\.resourceRules\[\]\.(apiGroups|apiVersions|operations|resources)$/],
  [/^PrometheusRule$/, /^spec\.groups$/],
  [/^(ExternalSecret|PushSecret)$/, /^spec\.data$/],
  [/^AppProject$/, /^spec\.(sourceRepos|destinations|(cluster|namespace)Resource(White|Black)list)$/],
  [/^Application$/, /^spec\.syncPolicy\.syncOptions$/],
  [/^Schedule$/, /^spec\.template\.(in|ex)cluded(Namespaces|Resources)$/],
  [/./, /^metadata\.finalizers$/],
];

/** True if nobody reads the order of a list. */
export function isFree(kind: string, list: string): boolean {
  return FREE.some(([kinds, lists]) => kinds.test(kind) && lists.test(list));
}

/** A value with every free list in one order. */
export function inOneOrder(kind: string, value: unknown, path: Path = []): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item, i) => inOneOrder(kind, item, [...path, i]));
    return isFree(kind, patternOf(path)) ? items.toSorted(byText) : items;
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, inOneOrder(kind, held, [...path, key])]));
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
