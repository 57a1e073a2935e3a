import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Component } from '../component.ts';
import { type Manifest } from '../lib/manifest.ts';
import { kindOf } from '../kinds/index.ts';

/** The objects of one component, in creation order, and its explicit dependencies. */
export interface ComponentManifests {
  readonly manifests: readonly Manifest[];
  /** Pairs by cdk8s's addDependency: the object, and the one that must be healthy first. */
  readonly stated: readonly (readonly [Manifest, Manifest])[];
}

/** Renders a component's objects to plain JSON, with keys in the conventional order. */
export function manifestsOf(component: Component): ComponentManifests {
  const rendered = new Map(apiObjects(component).map((object) => [object, manifestOf(object, component.name)]));
  const stated: (readonly [Manifest, Manifest])[] = [];
  for (const construct of component.node.findAll()) {
    for (const dependency of construct.node.dependencies) {
      for (const from of apiObjects(construct))
        for (const to of apiObjects(dependency)) stated.push([rendered.get(from)!, rendered.get(to)!]);
    }
  }
  return { manifests: [...rendered.values()], stated: stated.filter(([from, to]) => from !== to) };
}

function apiObjects(construct: IConstruct): ApiObject[] {
  return construct.node.findAll().filter((node): node is ApiObject => ApiObject.isApiObject(node));
}

/** @throws Fault if its kind is not declared */
function manifestOf(object: ApiObject, component: string): Manifest {
  // toJson drops undefined fields.
  const { metadata, ...rest } = object.toJson() as Manifest;
  const { namespace, ...others } = metadata;
  const { scope } = kindOf(rest, `component ${component}, ${rest.kind} ${metadata.name}`);
  return inConventionalOrder({
    ...rest,
    metadata: { ...others, ...(scope === 'namespaced' && { namespace }) },
  });
}

/**
 * A copy with its keys in the order that people expect: apiVersion, kind, metadata, then by alphabet, and `name` first
 * in every map. Without empty labels and annotations.
 */
export function inConventionalOrder({ apiVersion, kind, metadata, ...rest }: Manifest): Manifest {
  const { name, namespace, labels, annotations, ...others } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(nonEmpty(labels) && { labels: sorted(labels) }),
      ...(nonEmpty(annotations) && { annotations: sorted(annotations) }),
      ...sorted(others),
    },
    ...sorted(rest),
  };
}

function nonEmpty(map: object | null | undefined): boolean {
  return Object.keys(map ?? {}).length > 0;
}

/** A copy with the keys of every map sorted, `name` first. */
function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort((a, b) => (a === 'name' ? -1 : b === 'name' ? 1 : a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])])) as T;
}
