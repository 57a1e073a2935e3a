import { findKind } from '../../kinds/index.ts';
import type { Immutable } from '../../kinds/kind.ts';
import { groupOf, type Manifest } from '../../lib/manifest.ts';

/**
 * Where in an object a value is, in the terms of the tables of this folder: relative to the object, or to its pod
 * template, so that pods are described once for all kinds.
 */
export interface Place {
  /** `spec.rules[].verbs[]`; of a pod template `spec.containers[].env[]`; init containers are containers. */
  readonly pattern: string;
  /** The steps as shown: `spec.template.spec.containers[app].env[LEVEL]`. */
  readonly path: string;
  /** The name of the last map's field. */
  readonly field: string;
  /** True within a pod template. */
  readonly inPods: boolean;
  /** True within JSON or YAML that is the text of a field: no schema is known. */
  readonly embedded: boolean;
  /** The object's kind. */
  readonly root: Root;
}

interface Root {
  readonly kind: string;
  readonly group: string;
  readonly podTemplate: string | undefined;
  /** True for a kind that every API server serves: a field's zero value is then the same as none. */
  readonly builtIn: boolean;
  /** What cannot be changed in place. */
  readonly immutable: readonly Immutable[];
}

export function placeOf(manifest: Manifest): Place {
  const declared = findKind(manifest);
  const { kind } = manifest;
  const root = {
    kind,
    group: groupOf(manifest),
    podTemplate: declared?.podTemplate,
    builtIn: declared?.builtIn ?? false,
    immutable: declared?.immutable ?? [],
  };
  return { pattern: '', path: '', field: '', inPods: root.podTemplate === '', embedded: false, root };
}

/** The place of a map's field. */
export function within(place: Place, field: string): Place {
  const pattern = join(place.pattern, field);
  const isTemplate = !place.inPods && !place.embedded && pattern === place.root.podTemplate;
  return {
    ...place,
    field,
    path: /^[\w-]+$/.test(field) ? join(place.path, field) : `${place.path}[${JSON.stringify(field)}]`,
    inPods: place.inPods || isTemplate,
    pattern: isTemplate ? '' : place.inPods ? pattern.replace(/(init|ephemeral)Containers$/, 'containers') : pattern,
  };
}

/** The place of a list's item. */
export function inList(place: Place, key: string | number): Place {
  return { ...place, pattern: `${place.pattern}[]`, path: `${place.path}[${key}]` };
}

/** The place of the data that a text holds. */
export function embeddedIn(place: Place): Place {
  return { ...place, pattern: '', embedded: true, inPods: false };
}

function join(base: string, field: string): string {
  return base ? `${base}.${field}` : field;
}

/** True where the API server compares the old value with the new one, and refuses any other. */
export function isImmutable({ pattern, inPods, embedded, root }: Place): boolean {
  if (inPods || embedded) return false;
  const isIn = (outer: string): boolean => /^($|[.[])/.test(pattern.slice(outer.length)) && pattern.startsWith(outer);
  return root.immutable.some(
    ({ path, except = [], inAnyOrder }) =>
      !inAnyOrder && isIn(path) && !except.some((field) => isIn(`${path}.${field}`)),
  );
}
