import { label, listAt, type Manifest } from '../../charts/lib/manifest.ts';
import { manifestsOf, mapAt, ofKind, valuesOf } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

const MEBIBYTE = 1024 * 1024;

/** etcd refuses requests above 1.5 MiB; the API server adds managed fields, which take up to half of an object. */
const OBJECT_BYTES = MEBIBYTE;

/** Of all annotations of an object together. */
const ANNOTATIONS_BYTES = 256 * 1024;

/** Linux refuses to start a process with a longer argument or variable: 32 pages. */
const ARGUMENT_BYTES = 128 * 1024;

const bytes = (text: string): number => Buffer.byteLength(text);

/** Grown clusters meet these before anything else fails, and then only in the cluster. */
export const sizes = invariant('objects, annotations and arguments are as small as a cluster takes them', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => [
    ...above(manifest, 'bytes', bytes(JSON.stringify(manifest)), OBJECT_BYTES),
    ...above(manifest, 'bytes of annotations', annotationBytes(manifest), ANNOTATIONS_BYTES),
    ...valuesOf(manifest)
      .filter(({ path, value }) => /\.(args|command|env)\[\d+\](\.value)?$/.test(path) && typeof value === 'string')
      .flatMap(({ path, value }) => above(manifest, `bytes at ${path}`, bytes(value as string), ARGUMENT_BYTES)),
  ]),
);

function annotationBytes(manifest: Manifest): number {
  return Object.entries(mapAt(manifest, 'metadata', 'annotations')).reduce(
    (sum, [key, value]) => sum + bytes(key) + bytes(value),
    0,
  );
}

/** The most entries of lists, by kind and path, that the definitions of the kind or its users permit. */
const MOST: readonly (readonly [kind: string, path: readonly string[], most: number])[] = [
  ['Gateway', ['spec', 'listeners'], 64],
  ['HTTPRoute', ['spec', 'hostnames'], 16],
  ['HTTPRoute', ['spec', 'parentRefs'], 32],
  ['HTTPRoute', ['spec', 'rules'], 16],
  // Of Let's Encrypt; cert-manager has none.
  ['Certificate', ['spec', 'dnsNames'], 100],
];

/** The API server rejects longer lists, and Let's Encrypt refuses such certificates. */
export const lists = invariant('listeners, routes and certificates have no more entries than permitted', (cluster) =>
  MOST.flatMap(([kind, path, most]) =>
    ofKind(cluster, kind).flatMap((manifest) =>
      above(manifest, path.join('.'), listAt(manifest, ...path).length, most),
    ),
  ),
);

function above(manifest: Manifest, what: string, found: number, most: number): string[] {
  return found > most ? [`${label(manifest)} has ${found} ${what}, more than ${most}`] : [];
}
