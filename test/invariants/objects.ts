import { basename, dirname } from 'node:path/posix';
import { identityOf, label } from '../../charts/lib/manifest.ts';
import type { ManifestFile } from '../../charts/render/files.ts';
import { type ClusterObjects, manifestsOf, repeated, valuesOf } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** No two objects of a cluster are the same to the API server; two versions of one group are. */
export const uniqueObjects = invariant('no object is there twice', (cluster) =>
  repeated(manifestsOf(cluster).map(identityOf)).map(
    (identity) => `${identity.replaceAll('|', ' ').trim()} is in more than one file`,
  ),
);

/** A file's name says what it holds, so that a review of dist is a review of objects. */
export const filePaths = invariant('files are named by what they hold', (cluster) => {
  // Some file systems hold only one of two names that differ in case.
  const short = ({ component, manifest: { kind, metadata } }: ManifestFile): string =>
    `${component}/${fileName(kind, metadata.name)}`.toLowerCase();
  const shared = new Set(repeated(cluster.objects.map(short)));
  return cluster.objects.flatMap((file) => {
    const { path, component, manifest } = file;
    const { name, namespace = '' } = manifest.metadata;
    const wanted =
      namespace && shared.has(short(file)) ? fileName(manifest.kind, namespace, name) : fileName(manifest.kind, name);
    if (dirname(path) !== component) return [`${label(manifest)} lies in ${path}, not in the folder ${component}`];
    return basename(path) === wanted ? [] : [`${label(manifest)} lies in ${path} instead of ${component}/${wanted}`];
  });
});

/** RBAC names may hold colons, which some file systems do not. */
function fileName(...parts: readonly string[]): string {
  return `${parts.join('.').replaceAll(':', '-')}.yaml`;
}

/** One conventional order of keys: a diff then shows what changed, not what moved. */
export const keyOrder = invariant('keys are in the conventional order', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) =>
    valuesOf(manifest)
      .filter(({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value))
      .filter(({ path, value }) => !inOrder(Object.keys(value as object), FIRST[path] ?? ['name']))
      .map(({ path }) => `${label(manifest)} has its keys out of order at ${path || 'its top'}`),
  ),
);

/** What comes before the alphabet, by path; everywhere else it is the name. */
const FIRST: Readonly<Record<string, readonly string[]>> = {
  '': ['apiVersion', 'kind', 'metadata'],
  metadata: ['name', 'namespace', 'labels', 'annotations'],
};

/** True if the keys begin with those of `first` that are there, and go on by alphabet. */
function inOrder(keys: readonly string[], first: readonly string[]): boolean {
  const wanted = [...first.filter((key) => keys.includes(key)), ...keys.filter((key) => !first.includes(key)).sort()];
  return keys.every((key, i) => key === wanted[i]);
}

/** Nothing that a server writes, and nothing that says nothing. */
export const noNoise = invariant(
  'nothing is null, empty or written by a server',
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
        ...values.filter(({ value }) => isEmpty(value)).map(({ path }) => `${objectLabel} is empty at ${path}`),
      ];
    }),
  {
    'NetworkPolicy * is empty at spec.podSelector': 'every pod of the namespace: that is what a default-deny is',
    '*Issuer * is empty at spec.selfSigned': 'the choice of this sort of issuer; it has no settings',
    'AppProject argocd/root is empty at spec.clusterResourceWhitelist':
      'said out loud: the root may not touch anything outside a namespace',
    'AppProject argocd/argo-cd is empty at spec.clusterResourceWhitelist':
      'as for the root: its settings lie in its namespace',
  },
);

/** What the API server, and nobody else, writes into metadata. */
const SERVER_SIDE = ['creationTimestamp', 'resourceVersion', 'uid', 'managedFields', 'generation'];

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
