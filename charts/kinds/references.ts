import { at, groupOf, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';
import { findKind, isClusterScoped, KINDS } from './index.ts';
import type { Kind, Need, Reference } from './kind.ts';
import { POD_REFERENCES } from './pods.ts';

/** A value of a manifest and its path: `spec.rules[0].backendRefs[1]`. */
export interface Found {
  readonly value: unknown;
  readonly path: string;
}

/** Paths as a tree, so that what several have in common is walked once. */
interface Tree<T> {
  readonly branches: Map<string, Tree<T>>;
  /** What a path that ends here leads to. */
  leaf?: T;
}

function treeOf<T>(paths: Readonly<Record<string, T>>): Tree<T> {
  const root: Tree<T> = { branches: new Map() };
  for (const [path, leaf] of Object.entries(paths)) {
    let here = root;
    for (const step of path.split('.').filter(Boolean)) {
      const next = here.branches.get(step) ?? { branches: new Map() };
      here.branches.set(step, next);
      here = next;
    }
    here.leaf = leaf;
  }
  return root;
}

/** Calls back for every value that a path of the tree leads to. */
function walk<T>(value: unknown, tree: Tree<T>, path: string, visit: (found: Found, leaf: T) => void): void {
  if (tree.leaf !== undefined) visit({ value, path }, tree.leaf);
  if (typeof value !== 'object' || value === null) return;
  for (const [step, next] of tree.branches) {
    const list = step.endsWith('[]');
    const fields = step === '*' ? Object.keys(value) : [list ? step.slice(0, -2) : step];
    for (const field of fields) {
      const inner = (value as Readonly<Record<string, unknown>>)[field];
      if (inner === undefined || inner === null) continue;
      const here = path ? `${path}.${field}` : field;
      if (!list) walk(inner, next, here, visit);
      else if (Array.isArray(inner)) inner.forEach((item, i) => walk(item, next, `${here}[${i}]`, visit));
    }
  }
}

/** Every value at a path with `[]` for each item of a list and `*` for each value of a map; the empty path is the value itself. */
export function valuesAt(value: unknown, path: string): Found[] {
  const found: Found[] = [];
  walk(value, treeOf({ [path]: true }), '', (one) => found.push(one));
  return found;
}

/** Spec and labels of an object's pods, and the path of the spec; undefined for a kind without pods. */
export function podSpecOf(
  manifest: Manifest,
): { readonly spec: unknown; readonly labels: unknown; readonly path: string } | undefined {
  const path = findKind(manifest)?.podTemplate;
  if (path === undefined) return undefined;
  const template = path ? at(manifest, ...path.split('.')) : manifest;
  if (template === undefined) return undefined;
  return {
    spec: at(template, 'spec'),
    labels: at(template, 'metadata', 'labels'),
    path: path ? `${path}.spec` : 'spec',
  };
}

/** The PersistentVolumeClaims that an object is or creates. */
export function volumeClaimsOf(manifest: Manifest): Found[] {
  const path = findKind(manifest)?.volumeClaims;
  return path === undefined ? [] : valuesAt(manifest, path);
}

/** The references of an object: by the declaration of its kind, of its pods and of its volume claims. */
export function referencesOf(manifest: Manifest): Need[] {
  const needs: Need[] = [];
  const read = (from: unknown, base: string, tree: Tree<string | Reference>): void =>
    walk(from, tree, base, (found, reference) => {
      needs.push(...needsAt(found, typeof reference === 'string' ? { to: reference } : reference, manifest));
    });
  const own = OWN.get(findKind(manifest));
  if (own) read(manifest, '', own);
  const pods = podSpecOf(manifest);
  if (pods) read(pods.spec, pods.path, PODS);
  for (const { value, path } of volumeClaimsOf(manifest)) read(value, path, CLAIM);
  return [...needs, ...injectedAuthority(manifest)];
}

const OWN: ReadonlyMap<Kind | undefined, Tree<string | Reference>> = new Map(
  KINDS.flatMap((kind) => (kind.references ? [[kind, treeOf(kind.references)] as const] : [])),
);
const PODS = treeOf(POD_REFERENCES);
const CLAIM = treeOf<string | Reference>({ 'spec.storageClassName': 'storage.k8s.io/StorageClass' });

/** What one reference needs: the object, or each of its keys that is named. */
function needsAt({ value, path }: Found, reference: Reference, { metadata }: Manifest): Need[] {
  const { to, name: field = 'name', only, when = 'before', existing, key } = reference;
  const whole = typeof value === 'string';
  const name = whole ? value : textAt(value, ...field.split('.'));
  if (!name || at(value, 'optional') === true) return [];
  const { group, kind } = target(value, reference);
  if (only && kind !== split(to)[1]) return [];
  const namespace = reference.namespace ?? textAt(value, 'namespace') ?? metadata.namespace;
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
