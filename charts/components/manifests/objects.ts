import type { Tier } from '../../component.ts';
import { type Problem, throwIfAny } from '../../fault.ts';
import { kindOf } from '../../kinds/index.ts';
import { podSpecOf } from '../../kinds/references.ts';
import { SYNC_WAVE } from '../../lib/argo.ts';
import { groupOf, identityOf, label, type Manifest, textAt } from '../../lib/manifest.ts';
import { cleaned } from './cleaning.ts';
import { labelled, type SelectedLabels, selectedLabels } from './labels.ts';
import { prioritized } from './priority.ts';
import { kept } from './volumes.ts';

/** What decides how the objects of a source become those of a component. */
export interface ObjectOptions {
  /** The component's name and namespace. */
  readonly name: string;
  /** Other namespaces that its objects, but not its pods, may lie in. */
  readonly namespaces: readonly string[];
  readonly noBackupBecause?: string;
  /** Decides the priority of its pods. */
  readonly tier: Tier;
}

/**
 * The objects of a source as those of a component: in its namespace, with its labels, volumes kept. Its Namespace and
 * the NetworkPolicies are left out: the component has its own.
 *
 * @throws Fault naming every object that is refused
 */
export function adopt(objects: readonly Manifest[], options: ObjectOptions): Manifest[] {
  const own = objects.filter((object) => !isReplaced(object, options.name));
  throwIfAny(unnamed(own, options.name));
  const placed = own.map((object) => inNamespace(object, options.name));
  throwIfAny([...placed.flatMap((object) => refusals(object, options)), ...repeated(placed, options.name)]);
  const selected = selectedLabels(placed);
  return placed.map((object) => adopted(object, options, selected));
}

function adopted(object: Manifest, { name, noBackupBecause, tier }: ObjectOptions, selected: SelectedLabels): Manifest {
  return prioritized(labelled(kept(cleaned(withoutWave(object)), noBackupBecause), name, selected), tier);
}

/** True for what the component renders itself, hardened. */
function isReplaced({ apiVersion, kind, metadata }: Manifest, name: string): boolean {
  const group = groupOf({ apiVersion });
  return (kind === 'Namespace' && group === '' && metadata?.name === name) || isPolicy(group, kind);
}

function isPolicy(group: string, kind: string): boolean {
  return kind === 'NetworkPolicy' && group === 'networking.k8s.io';
}

function unnamed(objects: readonly Manifest[], name: string): Problem[] {
  return objects
    .filter((object) => textAt(object, 'metadata', 'name') === undefined)
    .map(({ kind }) => ({
      what: `an object of kind ${kind} has no name`,
      where: `component ${name}`,
      fix: 'give it a metadata.name: a generated name would differ in every sync',
    }));
}

/** @throws Fault if its kind is not declared */
function inNamespace(object: Manifest, name: string): Manifest {
  const { namespace, ...metadata } = object.metadata;
  const { scope } = kindOf(object, `component ${name}, ${object.kind} ${metadata.name}`);
  return { ...object, metadata: scope === 'cluster' ? metadata : { ...metadata, namespace: namespace ?? name } };
}

/** The derived order replaces the waves of a source. */
function withoutWave(object: Manifest): Manifest {
  const { [SYNC_WAVE]: _, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

const ARGO_HOOK = 'argocd.argoproj.io/hook';
const HELM_HOOK = 'helm.sh/hook';

function refusals(object: Manifest, options: ObjectOptions): Problem[] {
  const where = `component ${options.name}, ${label(object)}`;
  return [
    ...namespaceRefusals(object, where, options),
    ...secretRefusals(object, where),
    ...hookRefusals(object, where),
  ];
}

function namespaceRefusals(object: Manifest, where: string, { name, namespaces }: ObjectOptions): Problem[] {
  const { kind, metadata } = object;
  const { namespace } = metadata;
  if (kind === 'Namespace')
    return [
      {
        what: `${label(object)} is not the namespace of the component`,
        where,
        seen: metadata.name,
        fix: 'a component has one namespace, of its own name: move its objects to an entry of that name',
      },
    ];
  if (namespace === undefined || namespace === name) return [];
  if (!namespaces.includes(namespace))
    return [
      {
        what: `${label(object)} lies in another namespace than its component's`,
        where,
        seen: namespace,
        fix: `render it into "${name}", or add "${namespace}" to manifests.${name}.namespaces`,
      },
    ];
  return podSpecOf(object)
    ? [
        {
          what: `${label(object)} has pods in another namespace than its component's`,
          where,
          seen: namespace,
          fix: `render it into "${name}": only objects without pods may lie elsewhere`,
        },
      ]
    : [];
}

function secretRefusals(object: Manifest, where: string): Problem[] {
  const held = ['data', 'stringData'].filter((field) => Object.keys((object[field] as object | null) ?? {}).length > 0);
  return object.kind === 'Secret' && held.length > 0
    ? [
        {
          what: `${label(object)} has ${held.join(' and ')}, which would stay in Git for ever`,
          where,
          fix: 'keep the value in the secret store, and have the source refer to an existing Secret',
        },
      ]
    : [];
}

/** Argo CD runs all hooks but those of the phase Sync before or after every other object, whatever they need. */
function hookRefusals({ metadata }: Manifest, where: string): Problem[] {
  const { annotations } = metadata;
  const hook = annotations?.[HELM_HOOK] ?? (annotations?.[ARGO_HOOK] === 'Sync' ? undefined : annotations?.[ARGO_HOOK]);
  return hook === undefined
    ? []
    : [
        {
          what: 'a hook runs outside of the derived order, before its namespace and its policies exist',
          where,
          seen: hook,
          fix: 'switch it off by the values of the chart, or leave out all hooks of the chart by noHooks: true',
        },
      ];
}

function repeated(objects: readonly Manifest[], name: string): Problem[] {
  const seen = new Set<string>();
  return objects
    .filter((object) => seen.size === seen.add(identityOf(object)).size)
    .map((object) => ({
      what: `the source has ${label(object)} twice`,
      where: `component ${name}`,
      fix: 'remove one of them',
    }));
}
