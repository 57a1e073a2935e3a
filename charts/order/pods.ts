import { at, groupOf, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import { each, named, type Need, object } from './reference.ts';

/** The pod specification of a workload and where it stands, or undefined for what has no pods. */
export function podSpecOf(
  manifest: Manifest,
): { readonly spec: unknown; readonly labels: unknown; readonly path: string } | undefined {
  const path = POD_TEMPLATES[`${groupOf(manifest)}/${manifest.kind}`];
  if (!path) return undefined;
  return {
    spec: at(manifest, ...path, 'spec'),
    labels: at(manifest, ...path, 'metadata', 'labels'),
    path: [...path, 'spec'].join('.'),
  };
}

const POD_TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [],
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** What the pods of a workload refer to. */
export function podNeeds(manifest: Manifest): Need[] {
  const pod = podSpecOf(manifest);
  if (!pod) return [];
  const namespace = manifest.metadata.namespace;
  const { spec, path } = pod;
  return [
    ...named(spec, ['serviceAccountName'], '', 'ServiceAccount', namespace, path),
    ...named(spec, ['priorityClassName'], 'scheduling.k8s.io', 'PriorityClass', undefined, path),
    ...named(spec, ['runtimeClassName'], 'node.k8s.io', 'RuntimeClass', undefined, path),
    ...each(spec, 'imagePullSecrets', path, (item, here) => named(item, ['name'], '', 'Secret', namespace, here)),
    ...each(spec, 'volumes', path, (volume, here) => volumeNeeds(volume, namespace, here)),
    ...['initContainers', 'containers'].flatMap((list) =>
      each(spec, list, path, (c, here) => containerNeeds(c, namespace, here)),
    ),
  ];
}

function volumeNeeds(volume: unknown, namespace: string | undefined, path: string): Need[] {
  const projected = listAt(volume, 'projected', 'sources');
  return [
    ...data(volume, 'secret', 'Secret', 'secretName', namespace, path),
    ...data(volume, 'configMap', 'ConfigMap', 'name', namespace, path),
    ...projected.flatMap((source, i) => [
      ...data(source, 'secret', 'Secret', 'name', namespace, `${path}.projected.sources[${i}]`),
      ...data(source, 'configMap', 'ConfigMap', 'name', namespace, `${path}.projected.sources[${i}]`),
    ]),
    ...named(volume, ['persistentVolumeClaim', 'claimName'], '', 'PersistentVolumeClaim', namespace, path),
  ];
}

/** A volume's Secret or ConfigMap, with the keys that it picks. */
function data(
  source: unknown,
  field: string,
  kind: string,
  nameField: string,
  namespace: string | undefined,
  path: string,
): Need[] {
  const name = textAt(source, field, nameField);
  if (!name || at(source, field, 'optional') === true) return [];
  const whole = object('', kind, namespace, name, `${path}.${field}`);
  const keys = listAt(source, field, 'items').map((item) => textAt(item, 'key'));
  return keys.length === 0
    ? [whole]
    : keys.map((key, i) => ({ ...whole, key, path: `${path}.${field}.items[${i}].key` }));
}

function containerNeeds(container: unknown, namespace: string | undefined, path: string): Need[] {
  return [
    ...each(container, 'env', path, (env, here) => [
      ...keyRef(env, 'secretKeyRef', 'Secret', namespace, here),
      ...keyRef(env, 'configMapKeyRef', 'ConfigMap', namespace, here),
    ]),
    ...each(container, 'envFrom', path, (source, here) => [
      ...data(source, 'secretRef', 'Secret', 'name', namespace, here),
      ...data(source, 'configMapRef', 'ConfigMap', 'name', namespace, here),
    ]),
  ];
}

function keyRef(env: unknown, field: string, kind: string, namespace: string | undefined, path: string): Need[] {
  const name = textAt(env, 'valueFrom', field, 'name');
  if (!name || at(env, 'valueFrom', field, 'optional') === true) return [];
  return [
    { ...object('', kind, namespace, name, `${path}.valueFrom.${field}`), key: textAt(env, 'valueFrom', field, 'key') },
  ];
}
