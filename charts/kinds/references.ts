import { at, groupOf, listAt, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';
import { findKind, isClusterScoped } from './index.ts';
import type { Need, Reference } from './kind.ts';
import { POD_REFERENCES } from './pods.ts';

/** A value of a manifest and its path: `spec.rules[0].backendRefs[1]`. */
export interface Found {
  readonly value: unknown;
  readonly path: string;
}

/** All values at a path; `[]` is every item of a list, `*` every value of a map, the empty path the value itself. */
export function valuesAt(value: unknown, path: string): Found[] {
  return path
    .split('.')
    .filter(Boolean)
    .reduce<Found[]>((found, segment) => found.flatMap((here) => step(here, segment)), [{ value, path: '' }]);
}

function step({ value, path }: Found, segment: string): Found[] {
  const list = segment.endsWith('[]');
  const field = list ? segment.slice(0, -2) : segment;
  const fields = field === '*' ? Object.keys(value ?? {}) : [field];
  return fields.flatMap((key) => {
    const here = path ? `${path}.${key}` : key;
    if (list) return listAt(value, key).map((item, i) => ({ value: item, path: `${here}[${i}]` }));
    const next = at(value, key);
    return next === undefined || next === null ? [] : [{ value: next, path: here }];
  });
}

/** The pod template of an object and its path; undefined for a kind without pods. */
export function podTemplateOf(manifest: Manifest): Found | undefined {
  const path = findKind(manifest)?.podTemplate;
  return path === undefined ? undefined : valuesAt(manifest, path)[0];
}

/** Spec and labels of an object's pods, and the path of the spec; undefined for a kind without pods. */
export function podSpecOf(
  manifest: Manifest,
): { readonly spec: unknown; readonly labels: unknown; readonly path: string } | undefined {
  const template = podTemplateOf(manifest);
  if (!template) return undefined;
  const { value, path } = template;
  return { spec: at(value, 'spec'), labels: at(value, 'metadata', 'labels'), path: path ? `${path}.spec` : 'spec' };
}

/** The PersistentVolumeClaims that an object is or creates. */
export function volumeClaimsOf(manifest: Manifest): Found[] {
  const path = findKind(manifest)?.volumeClaims;
  return path === undefined ? [] : valuesAt(manifest, path);
}

/** The references of an object: by the declaration of its kind, of its pods and of its volume claims. */
export function referencesOf(manifest: Manifest): Need[] {
  const { namespace } = manifest.metadata;
  const read = (from: unknown, base: string, references: Readonly<Record<string, string | Reference>>): Need[] =>
    Object.entries(references).flatMap(([path, reference]) =>
      valuesAt(from, path).flatMap((found) =>
        needsAt(
          { ...found, path: join(base, found.path) },
          typeof reference === 'string' ? { to: reference } : reference,
          namespace,
        ),
      ),
    );
  const pods = podSpecOf(manifest);
  return [
    ...read(manifest, '', findKind(manifest)?.references ?? {}),
    ...(pods ? read(pods.spec, pods.path, POD_REFERENCES) : []),
    ...volumeClaimsOf(manifest).flatMap(({ value, path }) => read(value, path, CLAIM)),
    ...injectedAuthority(manifest),
  ];
}

const CLAIM = { 'spec.storageClassName': 'storage.k8s.io/StorageClass' };

/** The needs of one reference: the object, or each key of it that is named. */
function needsAt({ value, path }: Found, reference: Reference, ownNamespace: string | undefined): Need[] {
  const { to, name: field = 'name', only, when = 'before', existing, key } = reference;
  const whole = typeof value === 'string';
  const name = whole ? value : textAt(value, ...field.split('.'));
  if (!name || at(value, 'optional') === true) return [];
  const { group, kind } = target(value, reference);
  if (only && kind !== to) return [];
  const namespace = reference.namespace ?? textAt(value, 'namespace') ?? ownNamespace;
  const need = { ...objectNeed(group, kind, namespace, name, path), when, existing };
  const keys = key === undefined ? [] : valuesAt(value, key).filter((found) => typeof found.value === 'string');
  return keys.length === 0 ? [need] : keys.map((k) => ({ ...need, key: String(k.value), path: join(path, k.path) }));
}

/** The kind that a reference names, or its default kind. */
function target(value: unknown, { to, toIf = {} }: Reference): { readonly group: string; readonly kind: string } {
  const other = Object.keys(toIf).find((field) => at(value, field) === true);
  const [group, name] = split(other === undefined ? to : (toIf[other] ?? to));
  const version = textAt(value, 'apiVersion');
  return {
    kind: textAt(value, 'kind') ?? name,
    group:
      textAt(value, 'apiGroup') ??
      textAt(value, 'group') ??
      (version === undefined ? group : groupOf({ apiVersion: version })),
  };
}

function split(name: string): readonly [string, string] {
  const slash = name.indexOf('/');
  return [slash < 0 ? '' : name.slice(0, slash), name.slice(slash + 1)];
}

/** The need for an object. */
export function objectNeed(
  group: string,
  kind: string,
  namespace: string | undefined,
  name: string,
  path: string,
): Need {
  const within = isClusterScoped(group, kind) ? undefined : namespace;
  return {
    wants: objectIdentity(group, kind, within, name),
    says: `${kind} ${within ? `${within}/` : ''}${name}`,
    path,
    when: 'before',
  };
}

/**
 * cert-manager injects the CA of a Certificate into annotated webhook configurations, APIServices and definitions:
 * until the Certificate is issued, the API server does not trust the webhook.
 */
function injectedAuthority({ metadata }: Manifest): Need[] {
  const annotation = 'cert-manager.io/inject-ca-from';
  const [namespace, name] = metadata.annotations?.[annotation]?.split('/') ?? [];
  return name
    ? [objectNeed('cert-manager.io', 'Certificate', namespace, name, `metadata.annotations["${annotation}"]`)]
    : [];
}

function join(base: string, path: string): string {
  return [base, path].filter(Boolean).join('.');
}
