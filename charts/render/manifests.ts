import { ApiObject } from 'cdk8s';
import type { Component } from '../component.ts';
import { isClusterScoped, type Manifest } from '../lib/manifest.ts';

/** The objects of one component, and the orders its code states, in the order they were made. */
export interface ComponentManifests {
  readonly manifests: readonly Manifest[];
  /** Pairs from cdk8s's addDependency: the object, and the one that must be healthy first. */
  readonly stated: readonly (readonly [Manifest, Manifest])[];
}

/** Renders a component's objects to plain JSON in the conventional order of keys. */
export function manifestsOf(component: Component): ComponentManifests {
  const objects = component.node.findAll().filter((node) => ApiObject.isApiObject(node)) as ApiObject[];
  const rendered = new Map(objects.map((object) => [object, manifestOf(object)]));
  const stated: (readonly [Manifest, Manifest])[] = [];
  for (const construct of component.node.findAll()) {
    for (const dependency of construct.node.dependencies) {
      for (const from of apiObjects(construct)) for (const to of apiObjects(dependency)) stated.push([rendered.get(from)!, rendered.get(to)!]);
    }
  }
  return { manifests: [...rendered.values()], stated: stated.filter(([from, to]) => from !== to) };
}

function apiObjects(construct: { readonly node: ApiObject['node'] }): ApiObject[] {
  return construct.node.findAll().filter((node) => ApiObject.isApiObject(node)) as ApiObject[];
}

function manifestOf(object: ApiObject): Manifest {
  const { apiVersion, kind, metadata, ...rest } = object.toJson() as Manifest;
  const { name, namespace, labels, annotations, ...others } = metadata;
  return tidy({
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: isClusterScoped(kind) ? undefined : namespace,
      labels: nonEmpty(labels),
      annotations: nonEmpty(annotations),
      ...others,
    },
    ...(tidy(rest, byName) as object),
  }) as Manifest;
}

function nonEmpty<T extends object>(map: T | undefined): T | undefined {
  return map && Object.keys(map).length > 0 ? map : undefined;
}

/** Without undefined fields; keys sorted if an order is given, which cdk8s has not done for what comes first. */
function tidy(value: unknown, order?: (a: string, b: string) => number): unknown {
  if (Array.isArray(value)) return value.map((item) => tidy(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined && v !== null);
  if (order) entries.sort(([a], [b]) => order(a, b));
  return Object.fromEntries(entries.map(([key, v]) => [key, tidy(v, order)]));
}

/** What an item is comes before how it is: `name` first, the rest by alphabet. */
function byName(a: string, b: string): number {
  if (a === 'name') return -1;
  if (b === 'name') return 1;
  return a < b ? -1 : Number(a > b);
}
