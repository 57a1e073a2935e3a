import type { UpstreamRule } from './facts.ts';

/** What a role permits, at its smallest: one verb on one resource or URL. */
export interface Right {
  readonly group: string;
  /** `certificates/status`; the URL of a right that is on no resource. */
  readonly resource: string;
  readonly verb: string;
  /** The object that it is confined to; undefined for all. */
  readonly name?: string;
  readonly url?: true;
}

/** Rights that are left out. */
export interface Removal {
  /** API group. @default the core group */
  readonly group?: string;
  readonly resources: readonly string[];
  /** @default all */
  readonly verbs?: readonly string[];
  /** Objects for which the rights stay. @default none */
  readonly except?: readonly string[];
  readonly because: string;
}

/** A right that upstream does not ask for. */
export interface Addition {
  /** @default the core group */
  readonly group?: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly names?: readonly string[];
  readonly because: string;
}

/** The rights of rules, each once; `*` stands for every verb of the API server. */
export function rightsOf(rules: readonly UpstreamRule[]): Right[] {
  const rights = rules.flatMap(
    ({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }) => [
      ...nonResourceURLs.flatMap((url) => verbs.map((verb): Right => ({ group: '', resource: url, verb, url: true }))),
      ...apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          (verbs.includes('*') ? VERBS : verbs).flatMap((verb): Right[] =>
            resourceNames.length > 0
              ? resourceNames.map((name) => ({ group, resource, verb, name }))
              : [{ group, resource, verb }],
          ),
        ),
      ),
    ],
  );
  return [...new Map(rights.map((right) => [keyOf(right), right])).values()].filter(
    // What is permitted for all objects need not be for one.
    (right, _, all) => right.name === undefined || !all.some((other) => contains(other, right)),
  );
}

function contains(all: Right, one: Right): boolean {
  return (
    all.name === undefined &&
    all.verb === one.verb &&
    all.resource === one.resource &&
    all.group === one.group &&
    all.url === one.url
  );
}

/** None of the parts has a space. */
function keyOf({ group, resource, verb, name = ' ', url }: Right): string {
  return `${group} ${resource} ${verb} ${name} ${url ?? false}`;
}

/** The rights that stay. */
export function without(rights: readonly Right[], removal: Removal): Right[] {
  const kept = rights.filter((right) => !isRemoved(right, removal));
  const confined = rights
    .filter((right) => isRemoved(right, removal) && right.name === undefined)
    .flatMap((right) => (removal.except ?? []).map((name) => ({ ...right, name })));
  return [...kept, ...confined];
}

function isRemoved({ group, resource, verb, name }: Right, removal: Removal): boolean {
  const { resources, verbs, except = [] } = removal;
  return (
    group === (removal.group ?? '') &&
    resources.includes(resource) &&
    (verbs?.includes(verb) ?? true) &&
    !(name !== undefined && except.includes(name))
  );
}

/** The parts of a removal that remove nothing: a resource, or a verb on a resource. */
export function withoutEffect(rights: readonly Right[], { group = '', resources, verbs, ...rest }: Removal): string[] {
  return resources.flatMap((resource) => {
    const shown = group ? `${group}/${resource}` : resource;
    const removes = (some?: readonly string[]): boolean =>
      rights.some((right) => isRemoved(right, { group, resources: [resource], verbs: some, ...rest }));
    if (verbs === undefined) return removes() ? [] : [shown];
    return verbs.filter((verb) => !removes([verb])).map((verb) => `${verb} ${shown}`);
  });
}

/** The rights of an addition. */
export function added({ group = '', resources, verbs, names }: Addition): Right[] {
  return rightsOf([{ apiGroups: [group], resources, verbs, resourceNames: names }]);
}

/** True for a right that others contain. */
export function isContained(right: Right, rights: readonly Right[]): boolean {
  return rights.some((other) => keyOf(other) === keyOf(right) || contains(other, right));
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** The rights as rules, in a stable order: one rule for all resources of a group with the same verbs and names. */
export function rulesOf(rights: readonly Right[]): UpstreamRule[] {
  const byResource = grouped(rights, ({ group, resource, name, url }) => [group, resource, name ?? '', url ?? false]);
  const resources = [...byResource.values()].map((same) => {
    const { group, resource, name, url } = same[0]!;
    const verbs = [...new Set(same.map(({ verb }) => verb))].sort(
      (a, b) => position(a) - position(b) || (a < b ? -1 : 1),
    );
    return { group, resource, name, url, verbs };
  });
  // First the names of one resource are joined, then the resources.
  const named = [...grouped(resources, ({ name, ...rest }) => [rest, name !== undefined]).values()].map((same) => ({
    ...same[0]!,
    names: same.flatMap(({ name }) => name ?? []).sort(),
  }));
  return [...grouped(named, ({ group, url, verbs, names }) => [group, url ?? false, verbs, names])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, same]) => {
      const { group, url, verbs, names } = same[0]!;
      const list = same.map(({ resource }) => resource).sort();
      if (url) return { nonResourceURLs: list, verbs };
      return {
        apiGroups: [group],
        resources: list,
        ...(names.length > 0 && { resourceNames: names }),
        verbs,
      };
    });
}

function position(verb: string): number {
  const index = VERBS.indexOf(verb);
  return index < 0 ? VERBS.length : index;
}

function grouped<T>(items: readonly T[], by: (item: T) => unknown): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = JSON.stringify(by(item));
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
