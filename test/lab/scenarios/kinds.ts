import { KINDS } from '../../../charts/kinds/index.ts';
import { type Kind, kindName } from '../../../charts/kinds/kind.ts';
import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Api } from '../api.ts';

/** What the declarations of kinds say differently from an API server, and the kinds that it does not serve. */
export interface Comparison {
  readonly differences: readonly string[];
  readonly notServed: readonly string[];
}

/** Holds every declared kind against the API server's discovery, and custom ones against their definitions' schemas. */
export async function compareKinds(api: Api): Promise<Comparison> {
  const definitions = await api.list('/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
  const differences: string[] = [];
  const notServed: string[] = [];
  for (const kind of KINDS) {
    const definition = definitions.find((d) => at(d, 'spec', 'group') === kind.group && namesOf(d) === kind.kind);
    if (!kind.builtIn && !definition) notServed.push(kindName(kind));
    else
      differences.push(...(await servedDifferently(api, kind)), ...(definition ? unknownPaths(kind, definition) : []));
  }
  return { differences, notServed };
}

function namesOf(definition: Manifest): string | undefined {
  return textAt(definition, 'spec', 'names', 'kind');
}

/** Scope and resource of each declared version. */
async function servedDifferently(api: Api, kind: Kind): Promise<string[]> {
  const scope = kind.scope === 'namespaced';
  const differences: string[] = [];
  for (const version of kind.versions) {
    const base = kind.group ? `/apis/${kind.group}/${version}` : `/api/${version}`;
    const resource = listAt(await api.get(base), 'resources').find(
      (r) => textAt(r, 'kind') === kind.kind && !textAt(r, 'name')?.includes('/'),
    );
    if (!resource) differences.push(`${kindName(kind)} is not served in the version ${version}`);
    else if (at(resource, 'namespaced') !== scope || at(resource, 'name') !== kind.resource)
      differences.push(
        `${kindName(kind)} is ${textAt(resource, 'name')}, namespaced: ${String(at(resource, 'namespaced'))}`,
      );
  }
  return differences;
}

/** Declared paths that no declared version's schema has. */
function unknownPaths(kind: Kind, definition: Manifest): string[] {
  const schemas = listAt(definition, 'spec', 'versions')
    .filter((version) => kind.versions.includes(textAt(version, 'name') ?? ''))
    .map((version) => at(version, 'schema', 'openAPIV3Schema'));
  const paths = [
    ...[kind.references, kind.noReferences, kind.selects].flatMap((declared) => Object.keys(declared ?? {})),
    ...[kind.podTemplate, kind.volumeClaims].filter((path) => path !== undefined),
  ];
  return paths
    .filter((path) => !schemas.some((schema) => hasPath(schema, path.split('.'))))
    .map((path) => `${kindName(kind)} has no ${path}`);
}

function hasPath(schema: unknown, [step, ...rest]: readonly string[]): boolean {
  if (schema === undefined) return false;
  if (step === undefined) return true;
  const properties = at(schema, 'properties');
  if (properties === undefined && at(schema, 'x-kubernetes-preserve-unknown-fields') === true) return true;
  const inner =
    step === '*'
      ? [...Object.values(properties ?? {}), at(schema, 'additionalProperties')]
      : [at(properties, step.replace(/\[\]$/, ''))];
  return inner.some((next: unknown) => hasPath(step.endsWith('[]') ? at(next, 'items') : next, rest));
}
