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
  // toJson drops undefined fields and sorts the keys.
  const { apiVersion, kind, metadata, ...rest } = object.toJson() as Manifest;
  const { name, namespace, labels, annotations, ...others } = metadata;
  const { scope } = kindOf({ apiVersion, kind }, `component ${component}, ${kind} ${name}`);
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace && scope === 'namespaced' && { namespace }),
      ...(nonEmpty(labels) && { labels }),
      ...(nonEmpty(annotations) && { annotations }),
      ...others,
    },
    ...nameFirst(rest),
  };
}

function nonEmpty(map: object | undefined): boolean {
  return map !== undefined && Object.keys(map).length > 0;
}

/** Moves `name` to the front of every map. */
function nameFirst<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) holder[key] = nameFirst(holder[key]);
  if (Array.isArray(value) || !('name' in value)) return value;
  const { name, ...others } = value;
  return { name, ...others } as T;
}
