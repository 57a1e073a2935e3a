import { createHash } from 'node:crypto';
import { ApiObject } from 'cdk8s';
import type { Component } from '../component.ts';
import { isRolled, type Reading, readingKey, readingsOf } from '../kinds/readings.ts';
import { identityOf, type Manifest, objectIdentity } from './manifest.ts';
import { onChangesOf } from './on-change.ts';

/** Annotation of a pod template: a checksum of the ConfigMaps that the pods read only at their start. */
export const CHECKSUM = 'checksum/configmaps';

/** The ConfigMaps and Secrets of which a change rolls a workload. */
export function rolledBy(manifest: Manifest): Reading[] {
  if (!isRolled(manifest)) return [];
  const stated = onChangesOf(manifest);
  const explicit = Object.entries(stated)
    .filter(([, change]) => change === 'roll')
    .map(([key]) => readingOf(key));
  const all = new Map([...readingsOf(manifest), ...explicit].map((one) => [readingKey(one), one]));
  return [...all.values()].filter((one) => (stated[readingKey(one)] ?? 'roll') === 'roll');
}

/** The Secrets of which a change rolls a workload: these change in the cluster, not in dist. */
export function rolledBySecrets(manifest: Manifest): string[] {
  return rolledBy(manifest)
    .filter(({ kind }) => kind === 'Secret')
    .map(({ name }) => name)
    .sort();
}

/** The namespaces of the pods that a changed Secret rolls, sorted. */
export function namespacesOfReaders(components: readonly Component[]): string[] {
  const objects = components.flatMap(({ node }) => node.findAll().filter((one) => ApiObject.isApiObject(one)));
  const workloads = objects.filter(isRolled).map((object) => object.toJson() as Manifest);
  const readers = workloads.filter((workload) => rolledBySecrets(workload).length > 0);
  return [...new Set(readers.map(({ metadata }) => metadata.namespace ?? 'default'))].sort();
}

/** The checksum of what a workload's pods read of these ConfigMaps at their start; none if they read none. */
export function checksumOf(workload: Manifest, configMaps: ReadonlyMap<string, Manifest>): string | undefined {
  const read = rolledBy(workload).flatMap(({ kind, name }) => {
    const identity = objectIdentity('', 'ConfigMap', workload.metadata.namespace, name);
    const configMap = kind === 'ConfigMap' ? configMaps.get(identity) : undefined;
    return configMap ? [[name, configMap['data'], configMap['binaryData']]] : [];
  });
  if (read.length === 0) return undefined;
  // Sixteen digits tell any two versions apart, and do not look like a secret.
  return createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 16);
}

/** The ConfigMaps among these objects, by identity. */
export function configMapsIn(manifests: readonly Manifest[]): Map<string, Manifest> {
  const found = manifests.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'ConfigMap');
  return new Map(found.map((one) => [identityOf(one), one]));
}

/** @param key `ConfigMap/name` or `Secret/name` */
function readingOf(key: string): Reading {
  return { kind: key.startsWith('Secret/') ? 'Secret' : 'ConfigMap', name: key.slice(key.indexOf('/') + 1) };
}
