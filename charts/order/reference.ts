import { at, groupOf, identity, isClusterScoped, listAt, type Manifest, textAt } from '../lib/manifest.ts';

/** Something an object relies on, found in its manifest. */
export interface Need {
  /** What is needed: an object's identity, or a capability such as `crd:cert-manager.io/issuers`. */
  readonly wants: string;
  /** The need in words: `Secret mongo/mongo-users`. */
  readonly says: string;
  /** Where the manifest says so. */
  readonly path: string;
  /**
   * `before`: it fails, or restarts in vain, until the need is met; makes an order.
   * `eventually`: it copes until then; somebody must provide it all the same.
   * `ifAny`: comes after whoever provides it, and does without if nobody does.
   */
  readonly when: 'before' | 'eventually' | 'ifAny';
  /** True if the other object need only exist, not be healthy. */
  readonly existing?: boolean;
  /** Key of a Secret or ConfigMap that must be among those it has. */
  readonly key?: string;
}

/** Names of capabilities that are not objects. */
export const capability = {
  crd: (group: string, resource: string) => `crd:${group}/${resource}`,
  controller: (group: string, resource: string) => `controller:${group}/${resource}`,
  admission: (group: string, resource: string) => `admission:${group}/${resource}`,
  api: (group: string) => `api:${group}`,
  remoteSecret: (key: string) => `remote-secret:${key}`,
};

/** A reference with apiVersion or apiGroup, kind and name, in the object's own namespace. */
export function byRef(m: Manifest, path: readonly string[]): Need {
  const ref = at(m, ...path);
  const group = textAt(ref, 'apiGroup') ?? groupOf({ apiVersion: textAt(ref, 'apiVersion') ?? '' });
  return object(group, textAt(ref, 'kind') ?? '', m.metadata.namespace, textAt(ref, 'name') ?? '', path.join('.'));
}

/** A reference by name at a path, if there is one. */
export function named(
  from: unknown,
  path: readonly string[],
  group: string,
  kind: string,
  namespace: string | undefined,
  base = '',
): Need[] {
  const name = textAt(from, ...path);
  return name ? [object(group, kind, namespace, name, [base, ...path].filter(Boolean).join('.'))] : [];
}

/** A reference to an object, by what identifies it. */
export function object(group: string, kind: string, namespace: string | undefined, name: string, path: string): Need {
  const within = isClusterScoped(kind) ? undefined : namespace;
  return {
    wants: identity(group, kind, within, name),
    says: `${kind} ${within ? `${within}/` : ''}${name}`,
    path,
    when: 'before',
  };
}

/** The needs of every item of a list; `field` may be a dotted path. */
export function each(
  from: unknown,
  field: string,
  base: string,
  read: (item: unknown, path: string) => Need[],
): Need[] {
  return listAt(from, ...field.split('.')).flatMap((item, i) => read(item, `${base ? `${base}.` : ''}${field}[${i}]`));
}
