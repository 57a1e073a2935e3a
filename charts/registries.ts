import { ApiObject, JsonPatch } from 'cdk8s';
import { z } from 'zod';
import type { Component } from './component.ts';
import { Fault, type Problem, suggest } from './fault.ts';
import { findKind } from './kinds/index.ts';
import { podSpecOf } from './kinds/references.ts';
import { imageOf } from './lib/images.ts';
import { at, listAt, type Manifest, textAt } from './lib/manifest.ts';
import { storedRegistry } from './lib/stored-values.ts';

/** A host, with a port if it has one, and perhaps a part of the path: no tag, no digest, no slash at the end. */
const PREFIX = /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9.-]+(?=:))(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

/**
 * Registries that want a login, by what the names of their images begin with, and the entry of the secret store with the
 * credentials of each: `{ 'ghcr.io/acme/platform': 'registry' }`. Of two beginnings the longer one counts.
 */
export const registriesSettings = z.record(
  z
    .string()
    .regex(PREFIX, 'must be the beginning of image names, with the host and without a tag: ghcr.io/acme/platform'),
  z.string(),
);

/** The reference of kinds whose operator starts pods. */
const OPERATED = 'spec.imagePullSecrets[]';

/** What pods of an object are told to pull by, if it has any. */
interface Pulling {
  readonly images: readonly string[];
  /** Path of the list of Secrets. */
  readonly path: readonly string[];
  readonly isSet: boolean;
}

/**
 * Has pods pull the images of registries with the credentials of these, whoever made the pods: a component, a chart of
 * others or an operator. What names a Secret itself stays as it is. Their Secrets are made with those of settings.
 *
 * @throws Fault for a registry of which there is no image
 */
export function pullFrom(registries: Readonly<Record<string, string>>, components: readonly Component[]): void {
  const prefixes = Object.keys(registries).sort((a, b) => b.length - a.length);
  if (prefixes.length === 0) return;
  const seen = new Set<string>();
  for (const component of components)
    for (const object of component.node.findAll().filter((node) => ApiObject.isApiObject(node))) {
      if (!mayPull(object)) continue;
      const pulling = pullingOf(object.toJson() as Manifest);
      if (pulling === undefined) continue;
      for (const image of pulling.images) seen.add(nameOf(image));
      const matched = pulling.images.flatMap(
        (image) => prefixes.find((prefix) => isBelow(nameOf(image), prefix)) ?? [],
      );
      if (matched.length === 0 || pulling.isSet) continue;
      const secrets = [...new Set(matched)].map((prefix) =>
        storedRegistry(component, registries[prefix]!, settingOf(registries, prefix)),
      );
      const value = [...new Set(secrets)].sort().map((name) => ({ name }));
      object.addJsonPatch(JsonPatch.add(`/${pulling.path.join('/')}`, value));
    }
  for (const prefix of prefixes) refuseUnused(prefix, [...seen], settingOf(registries, prefix));
}

function settingOf(registries: Readonly<Record<string, string>>, prefix: string): Problem['setting'] {
  return { of: registries, key: prefix };
}

/** True for kinds that have pods: others may not be complete yet. */
function mayPull({ apiVersion, kind }: ApiObject): boolean {
  const declared = findKind({ apiVersion, kind });
  return declared?.podTemplate !== undefined || declared?.references?.[OPERATED] !== undefined;
}

function pullingOf(manifest: Manifest): Pulling | undefined {
  const pods = podSpecOf(manifest);
  if (pods?.spec !== undefined)
    return {
      images: ['initContainers', 'containers'].flatMap((field) =>
        listAt(pods.spec, field).flatMap((one) => textAt(one, 'image') ?? []),
      ),
      path: [...pods.path.split('.'), 'imagePullSecrets'],
      isSet: at(pods.spec, 'imagePullSecrets') !== undefined,
    };
  // Kinds whose operator starts the pods: their spec is like one of a pod.
  const image = textAt(manifest, 'spec', 'image');
  if (image === undefined) return undefined;
  return {
    images: [image],
    path: ['spec', 'imagePullSecrets'],
    isSet: at(manifest, 'spec', 'imagePullSecrets') !== undefined,
  };
}

/** The full name of an image, without tag and digest: `docker.io/library/mongo` of `mongo:8`. */
function nameOf(image: string): string {
  const { registry, repository } = imageOf(image);
  return `${registry}/${repository}`;
}

function isBelow(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}/`);
}

function refuseUnused(prefix: string, images: readonly string[], setting: Problem['setting']): void {
  if (images.some((name) => isBelow(name, prefix))) return;
  // As much of each name as the prefix has.
  const parts = prefix.split('/').length;
  const known = [...new Set(images.map((name) => name.split('/').slice(0, parts).join('/')))].sort();
  throw new Fault({
    what: `no image of the cluster begins with "${prefix}"`,
    setting,
    seen: prefix,
    fix: `remove it, or ${suggest(prefix, known)}`,
  });
}
