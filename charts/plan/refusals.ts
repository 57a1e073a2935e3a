import { findKind } from '../kinds/index.ts';
import type { Immutable } from '../kinds/kind.ts';
import { at, label, listAt, type Manifest, objectIdentity, textAt } from '../lib/manifest.ts';
import { anyBytesOf } from '../lib/quantity.ts';
import type { Snapshot } from './change.ts';
import type { Field, Finding } from './model.ts';
import { CANNOT_GROW, IMMUTABLE, KEPT, saidBy } from './verdict-rules.ts';

/** What the API server does not let change, of a change in place. */
export function refusalsOf(before: Manifest, after: Manifest, fields: readonly Field[], cluster: Snapshot): Finding[] {
  const rules = [...(findKind(after)?.immutable ?? []), ...ownRules(after, cluster)];
  const account = leftOutAccount(after);
  const others = fields.filter(({ path }) => path !== account);
  return [
    ...(others.length < fields.length && account !== undefined ? [kept(account, after)] : []),
    ...rules.flatMap((rule) => refusalOf(rule, before, after, others)),
    ...growthOf(before, after, cluster),
  ];
}

/**
 * The path of the ServiceAccount of pods that name none. The API server has copied the name that there was into a second,
 * older field, which nobody owns and which it copies back.
 */
function leftOutAccount(after: Manifest): string | undefined {
  const template = findKind(after)?.podTemplate;
  if (template === undefined) return undefined;
  const path = [...(template === '' ? [] : template.split('.')), 'spec', 'serviceAccountName'];
  return at(after, ...path) === undefined ? path.join('.') : undefined;
}

function kept(path: string, after: Manifest, rule = path): Finding {
  return {
    ...saidBy(KEPT),
    path,
    says: `the API server keeps the old ${rule} of ${label(after)}`,
    instead: 'leave it as it was, or give the object a new name',
  };
}

function refusalOf(rule: Immutable, before: Manifest, after: Manifest, fields: readonly Field[]): Finding[] {
  const changed = fields.filter((field) => !field.noise && concerns(rule, field, before, after));
  const [first] = changed;
  if (!first || rule.unless?.(before, after)) return [];
  const path = changed.length === 1 ? first.path : rule.path;
  if (rule.keptIfLeftOut && isLeftOut(at(after, ...rule.path.split('.')))) return [kept(path, after, rule.path)];
  return [
    {
      ...saidBy(IMMUTABLE),
      path,
      says: `the API server refuses to change ${path} of ${label(after)}`,
      instead: rule.instead ?? 'keep the value, or give the object a new name',
    },
  ];
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** True if a difference is in what may not change, or of a map around it that differs there. */
function concerns({ path, except = [] }: Immutable, field: Field, before: Manifest, after: Manifest): boolean {
  if (isIn(field.path, path)) return !except.some((one) => isIn(field.path, `${path}.${one}`));
  const steps = path.split('.');
  return isIn(path, field.path) && JSON.stringify(at(before, ...steps)) !== JSON.stringify(at(after, ...steps));
}

function isIn(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

/** Paths that the definition of a custom resource, where it is rendered, says to be immutable: `self == oldSelf`. */
function ownRules(manifest: Manifest, cluster: Snapshot): Immutable[] {
  if (findKind(manifest)?.builtIn) return [];
  return cluster
    .ofKind('CustomResourceDefinition')
    .filter(({ manifest: definition }) => textAt(definition, 'spec', 'names', 'kind') === manifest.kind)
    .flatMap(({ manifest: definition }) => {
      const [group, version] = manifest.apiVersion.split('/');
      if (textAt(definition, 'spec', 'group') !== group) return [];
      const schema = listAt(definition, 'spec', 'versions').find((one) => at(one, 'name') === version);
      return frozenIn(at(schema, 'schema', 'openAPIV3Schema'), []);
    });
}

function frozenIn(schema: unknown, steps: readonly string[]): Immutable[] {
  const rules = listAt(schema, 'x-kubernetes-validations').map((one) => textAt(one, 'rule')?.replaceAll(/\s/g, ''));
  const here = rules.some((rule) => rule === 'self==oldSelf' || rule === 'oldSelf==self')
    ? [{ path: steps.join('.') }]
    : [];
  return [
    ...here,
    ...Object.entries(at(schema, 'properties') ?? {}).flatMap(([name, inner]) => frozenIn(inner, [...steps, name])),
  ];
}

/** A claim grows only if its class lets it; also refused while it is not bound, which is not in Git. */
function growthOf(before: Manifest, after: Manifest, cluster: Snapshot): Finding[] {
  if (after.kind !== 'PersistentVolumeClaim') return [];
  const size = (one: Manifest): number => anyBytesOf(textAt(one, 'spec', 'resources', 'requests', 'storage') ?? '');
  const name = textAt(after, 'spec', 'storageClassName');
  if (name === undefined || !(size(after) > size(before))) return [];
  const storageClass = cluster.find(objectIdentity('storage.k8s.io', 'StorageClass', undefined, name));
  if (!storageClass || at(storageClass.manifest, 'allowVolumeExpansion') === true) return [];
  return [
    {
      ...saidBy(CANNOT_GROW),
      path: 'spec.resources.requests.storage',
      says: `the API server refuses to let ${label(after)} grow: its class ${name} does not allow it`,
      instead: `set allowVolumeExpansion of StorageClass ${name} first, if its driver can`,
    },
  ];
}
