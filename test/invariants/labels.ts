import { label as labelOf } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, ofKind, valuesOf } from '../lib/cluster-objects.ts';
import { workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

const PREFIX = 'app.kubernetes.io/';

/** The recommended labels, each with its required value for a component. */
const COMMON: Readonly<Record<string, (component: string) => string | undefined>> = {
  name: (component) => component,
  // Two versions side by side are two instances, so any value is valid.
  instance: () => undefined,
  'part-of': () => 'slipway',
  'managed-by': () => 'slipway',
};

/** Every object and every pod can be traced to its component. */
export const commonLabels = invariant(
  'every object and pod template has the common labels',
  (cluster) => {
    const homes = new Map(cluster.objects.map(({ manifest, component }) => [manifest, component]));
    const asked = selectedInAdopted(cluster);
    return [
      ...cluster.objects.flatMap(({ manifest, component }) =>
        labelViolations(mapAt(manifest, 'metadata', 'labels'), component, labelOf(manifest), asked.get(component)),
      ),
      ...workloadPods(cluster).flatMap(({ workload, labels, label }) => {
        const component = homes.get(workload) ?? '';
        return labelViolations(labels, component, `the pod template of ${label}`, asked.get(component));
      }),
    ];
  },
  {
    'ConfigMap argocd/argocd-*cm has the label app.kubernetes.io/part-of: argocd instead of slipway':
      "they are Argo CD's own, and it reads argocd-cm only with this label",
  },
);

/**
 * The labels that selectors ask for, as `key=value`, by component, of those whose objects others wrote: their selectors
 * are immutable, and what they select has to keep these labels.
 */
function selectedInAdopted(cluster: ClusterObjects): Map<string, Set<string>> {
  const asked = new Map([...cluster.adopted].map((component) => [component, new Set<string>()]));
  const services = new Set(ofKind(cluster, 'Service'));
  for (const { manifest, component } of cluster.objects.filter((file) => cluster.adopted.has(file.component))) {
    const selectors = valuesOf(manifest)
      .filter(({ key, path }) => key === 'matchLabels' || (path === 'spec.selector' && services.has(manifest)))
      .flatMap(({ value }) => Object.entries(value as object));
    for (const [key, value] of selectors) asked.get(component)?.add(`${key}=${value}`);
  }
  return asked;
}

function labelViolations(
  labels: Readonly<Record<string, string>>,
  component: string,
  label: string,
  asked: ReadonlySet<string> = new Set(),
): string[] {
  return Object.entries(COMMON).flatMap(([suffix, wanted]) => {
    const found = labels[PREFIX + suffix];
    const must = wanted(component);
    if (!found) return [`${label} has no label ${PREFIX}${suffix}`];
    return must === undefined || found === must || asked.has(`${PREFIX}${suffix}=${found}`)
      ? []
      : [`${label} has the label ${PREFIX}${suffix}: ${found} instead of ${must}`];
  });
}

/** Workloads and their pods carry the same component and instance labels. */
export const roleLabels = invariant(
  'every workload and its pods have the same component and instance labels',
  (cluster) =>
    workloadPods(cluster).flatMap(({ workload, labels, label }) =>
      ['component', 'instance'].flatMap((suffix) => {
        const own = mapAt(workload, 'metadata', 'labels')[PREFIX + suffix];
        const pods = labels[PREFIX + suffix];
        if (!own) return [`${label} has no label ${PREFIX}${suffix}`];
        return own === pods
          ? []
          : [`${label} has the label ${PREFIX}${suffix}: ${own}, but its pods have ${pods ?? 'none'}`];
      }),
    ),
);

/** The API server rejects anything else, and YAML parses an unquoted `true` or `1.0` as a boolean or a number. */
export const validLabels = invariant('labels and annotations are valid', (cluster) =>
  cluster.objects.flatMap(({ manifest }) =>
    valuesOf(manifest)
      .filter(
        ({ key, value }) =>
          ['labels', 'matchLabels', 'annotations'].includes(key) &&
          typeof value === 'object' &&
          value !== null &&
          !Array.isArray(value),
      )
      // A list of label names, or a field that happens to have the same name, is not a map of labels.
      .filter(({ path }) => /(^|\.)(metadata\.(labels|annotations)|matchLabels)$/.test(path))
      .flatMap(({ path, key, value }) =>
        Object.entries(value as object).flatMap(([name, text]: [string, unknown]) => [
          // Of annotations, the API server ignores the case of the prefix.
          ...(isKey(key === 'annotations' ? name.replace(/^[^/]*\//, (prefix) => prefix.toLowerCase()) : name)
            ? []
            : [`${labelOf(manifest)} has the invalid key "${name}" at ${path}`]),
          ...(typeof text === 'string' ? [] : [`${labelOf(manifest)} has a ${typeof text} for "${name}" at ${path}`]),
          ...(key === 'annotations' || typeof text !== 'string' || isValue(text)
            ? []
            : [`${labelOf(manifest)} has the invalid value "${text}" for "${name}" at ${path}`]),
        ]),
      ),
  ),
);

/** `prefix/name`: the prefix a DNS name, the name at most 63 characters. */
function isKey(key: string): boolean {
  const [name, prefix, ...more] = key.split('/').toReversed();
  return (
    more.length === 0 &&
    /^[a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?$/.test(name ?? '') &&
    (prefix === undefined || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(prefix))
  );
}

function isValue(value: string): boolean {
  return value === '' || /^[a-z0-9A-Z]([\w.-]{0,61}[a-z0-9A-Z])?$/.test(value);
}
