import { basename, dirname } from 'node:path/posix';
import { identityOf, label, type Manifest } from '../../charts/lib/manifest.ts';
import type { ManifestFile } from '../../charts/render/files.ts';
import { type ClusterObjects, manifestsOf, repeated, valuesOf } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** To the API server, two versions of one group are the same object. */
export const uniqueObjects = invariant('every object is in one file only', (cluster) =>
  repeated(manifestsOf(cluster).map(identityOf)).map(
    (identity) => `${identity.replaceAll('|', ' ').trim()} is in more than one file`,
  ),
);

/** File names show what they hold, so that a review of dist is a review of objects. */
export const filePaths = invariant('every file is named after its object', (cluster) => {
  // Case-insensitive file systems hold only one of two names that differ in case.
  const shortName = ({ component, manifest: { kind, metadata } }: ManifestFile): string =>
    `${component}/${fileName(kind, metadata.name)}`.toLowerCase();
  const shared = new Set(repeated(cluster.objects.map(shortName)));
  return cluster.objects.flatMap((file) => {
    const { path, component, manifest } = file;
    const { name, namespace = '' } = manifest.metadata;
    const wanted =
      namespace && shared.has(shortName(file))
        ? fileName(manifest.kind, namespace, name)
        : fileName(manifest.kind, name);
    if (dirname(path) !== component) return [`${label(manifest)} is in ${path}, not in the folder ${component}`];
    return basename(path) === wanted ? [] : [`${label(manifest)} is in ${path} instead of ${component}/${wanted}`];
  });
});

/** RBAC names may contain colons, which some file systems do not support. */
function fileName(...parts: readonly string[]): string {
  return `${parts.join('.').replaceAll(':', '-')}.yaml`;
}

/** With one conventional order of keys, a diff shows what changed and not what moved. */
export const keyOrder = invariant('keys are in the conventional order', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) =>
    valuesOf(manifest)
      .filter(({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value))
      .filter(({ path, value }) => !inOrder(Object.keys(value as object), LEADING_KEYS[path] ?? ['name']))
      .map(({ path }) => `${label(manifest)} has its keys out of order at ${path || 'the top level'}`),
  ),
);

/** Keys that precede the alphabetical ones, by path; everywhere else only the name does. */
const LEADING_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': ['apiVersion', 'kind', 'metadata'],
  metadata: ['name', 'namespace', 'labels', 'annotations'],
};

/** True if the keys start with those of `first` that are present and continue alphabetically. */
function inOrder(keys: readonly string[], first: readonly string[]): boolean {
  const wanted = [...first.filter((key) => keys.includes(key)), ...keys.filter((key) => !first.includes(key)).sort()];
  return keys.every((key, i) => key === wanted[i]);
}

/** Server-written fields do not belong in Git, and empty values carry no meaning. */
export const noNoise = invariant(
  'no field is null, empty or written by the API server',
  (cluster: ClusterObjects) =>
    manifestsOf(cluster).flatMap((manifest) => {
      const objectLabel = label(manifest);
      const values = valuesOf(manifest);
      return [
        ...('status' in manifest ? [`${objectLabel} has a status`] : []),
        ...SERVER_SIDE.filter((field) => field in manifest.metadata || values.some(({ key }) => key === field)).map(
          (field) => `${objectLabel} has ${field}`,
        ),
        ...values.filter(({ value }) => value === null).map(({ path }) => `${objectLabel} is null at ${path}`),
        ...values
          .filter(({ path, value }) => isEmpty(value) && !meansNone(manifest, path))
          .map(({ path }) => `${objectLabel} is empty at ${path}`),
      ];
    }),
  {
    'NetworkPolicy * is empty at spec.podSelector':
      'an empty selector selects every pod of the namespace, as a default-deny must',
    'Prometheus * is empty at spec.*Selector':
      'an empty selector selects every monitor and every namespace; none, no one',
    '* is empty at *.emptyDir': 'an empty emptyDir is a volume all the same; its size limit is another invariant',
    '*Issuer * is empty at spec.selfSigned': 'selects this type of issuer, which has no settings',
    'AppProject argocd/root is empty at spec.clusterResourceWhitelist':
      'explicit: the root may not manage any cluster-scoped object',
    'AppProject argocd/argo-cd is empty at spec.clusterResourceWhitelist':
      'explicit, as for the root: its settings are in its namespace',
    'AppProject argocd/*.tenant is empty at spec.clusterResourceWhitelist':
      'explicit: a tenant may not manage any cluster-scoped object',
  },
);

/** True for the namespaces of a secret store that no component uses: without the list all of them could use it. */
function meansNone({ kind }: Manifest, path: string): boolean {
  return kind === 'ClusterSecretStore' && path === 'spec.conditions[0].namespaces';
}

/** Metadata that only the API server writes. */
const SERVER_SIDE = ['creationTimestamp', 'resourceVersion', 'uid', 'managedFields', 'generation'];

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
