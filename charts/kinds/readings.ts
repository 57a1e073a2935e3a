import { at, groupOf, type Manifest, textAt } from '../lib/manifest.ts';
import type { Reference } from './kind.ts';
import { POD_REFERENCES } from './pods.ts';
import { podSpecOf, valuesAt } from './references.ts';

/** A ConfigMap or a Secret that pods read, in their own namespace. */
export interface Reading {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** Read by the kubelet for itself, anew for each pull and each mount, and never by the pods. */
const BY_THE_KUBELET = new Set(['imagePullSecrets[]', 'volumes[].csi.nodePublishSecretRef']);

/** The references by which a pod reads ConfigMaps and Secrets: variables and volumes, of init containers too. */
const READ: readonly (readonly [path: string, kind: Reading['kind'], field: string])[] = Object.entries(
  POD_REFERENCES,
).flatMap(([path, reference]) => {
  const { to, name = 'name' }: Reference = typeof reference === 'string' ? { to: reference } : reference;
  if ((to !== 'ConfigMap' && to !== 'Secret') || BY_THE_KUBELET.has(path)) return [];
  return [[path, to, name] as const];
});

/** Controllers that replace their pods when the template changes. */
const ROLLED = new Set(['DaemonSet', 'Deployment', 'StatefulSet']);

/** True for a workload whose pods outlive what they have read; a Job reads everything anew each time. */
export function isRolled(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return groupOf(manifest) === 'apps' && ROLLED.has(manifest.kind);
}

/** The ConfigMaps and Secrets that an object's pods read, each once, by kind and name. */
export function readingsOf(manifest: Manifest): Reading[] {
  const spec = podSpecOf(manifest)?.spec;
  const found = READ.flatMap(([path, kind, field]) =>
    valuesAt(spec, path).flatMap(({ value }): Reading[] => {
      const name = textAt(value, ...field.split('.')) ?? (typeof value === 'string' ? value : undefined);
      return name === undefined || at(value, field) === '' ? [] : [{ kind, name }];
    }),
  );
  const unique = new Map(found.map((one) => [readingKey(one), one]));
  return [...unique.keys()].sort().map((key) => unique.get(key)!);
}

/** `Secret/mongo-key`. */
export function readingKey({ kind, name }: Reading): string {
  return `${kind}/${name}`;
}
