import { findKind } from '../kinds/index.ts';
import { volumeClaimsOf } from '../kinds/references.ts';
import { scaledTargets } from '../kinds/scaled.ts';
import { claimNames } from '../kinds/workloads.ts';
import { EXTRANEOUS_IGNORED } from '../lib/argo.ts';
import { NO_BACKUP, SKIPPED } from '../lib/no-backup.ts';
import { at, groupOf, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import type { Part } from '../order/order.ts';
import { inConventionalOrder } from './manifests.ts';

/**
 * Size in a template beside which the claims are rendered. It must never change. Only a claim that somebody has deleted
 * is created from it; the next sync gives it its declared size.
 */
export const TEMPLATE_SIZE = '1Gi';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A component with the PersistentVolumeClaims of its StatefulSets, and of those that controllers make, as objects of their own, under the names by which the
 * StatefulSet controller finds them. The API server refuses every change of a template, and the controller ignores
 * templates of claims that exist: only the claims themselves can grow.
 */
export function withClaims(part: Part): Part {
  // An autoscaler decides how many claims there are, so they come from the template.
  const sets = scaledTargets(part.manifests).filter(({ kind }) => kind === 'StatefulSet');
  const scaled = new Set(sets.map(({ name }) => name));
  const results = new Map(
    part.manifests.map((manifest) => [manifest, scaled.has(manifest.metadata.name) ? [manifest] : expanded(manifest)]),
  );
  // The StatefulSet is the last of its objects.
  const now = (manifest: Manifest): Manifest => results.get(manifest)?.at(-1) ?? manifest;
  return {
    ...part,
    manifests: [...results.values()].flat(),
    stated: part.stated?.map(([from, to]) => [now(from), now(to)] as const),
  };
}

/** The objects of a component that has its claims already, without those that the claims were made from. */
export function besidesClaims(part: Part): Manifest[] {
  const unchanged = new Set(withClaims(part).manifests);
  return part.manifests.filter((manifest) => unchanged.has(manifest));
}

/** The claims of an object, then the object itself, whose templates are the same from now on. */
function expanded(manifest: Manifest): readonly Manifest[] {
  if (manifest.kind === 'PersistentVolumeClaim') return [skippable(manifest)];
  const set = isStatefulSet(manifest) ? manifest : findKind(manifest)?.statefulSet?.(manifest);
  const templates = listAt(set, 'spec', 'volumeClaimTemplates') as readonly Fields[];
  if (set === undefined || templates.length === 0) return [manifest];
  return [...templates.flatMap((template) => claims(set, template)), withConstantTemplates(manifest)];
}

function isStatefulSet(manifest: Manifest): boolean {
  return manifest.kind === 'StatefulSet' && groupOf(manifest) === 'apps';
}

function withConstantTemplates(manifest: Manifest): Manifest {
  const copy = structuredClone(manifest);
  for (const { value } of volumeClaimsOf(copy)) Object.assign(value as object, constant(value as Fields));
  return copy;
}

function claims(set: Manifest, template: Fields): Manifest[] {
  const { labels, annotations } = metadataOf(template);
  return claimNames(set, textAt(template, 'metadata', 'name') ?? '').map((name) =>
    inConventionalOrder(
      skippable({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name,
          namespace: set.metadata.namespace,
          // The selector's labels are those that the StatefulSet controller sets.
          labels: { ...set.metadata.labels, ...labels, ...(at(set, 'spec', 'selector', 'matchLabels') as object) },
          annotations: { ...annotations, ...EXTRANEOUS_IGNORED },
        },
        spec: template['spec'],
      }),
    ),
  );
}

/** A claim with the label by which backups skip it, if it states why it needs none. */
function skippable(claim: Manifest): Manifest {
  const { labels, annotations } = claim.metadata;
  if (annotations?.[NO_BACKUP] === undefined) return claim;
  return { ...claim, metadata: { ...claim.metadata, labels: { ...labels, ...SKIPPED } } };
}

/** The template without what may change from one version to the next. */
function constant(template: Fields): Fields {
  const { name, annotations } = metadataOf(template);
  const { [NO_BACKUP]: _, ...others } = annotations ?? {};
  const spec = template['spec'] as Fields;
  const resources = { ...(spec['resources'] as Fields | undefined), requests: { storage: TEMPLATE_SIZE } };
  return { metadata: { name, annotations: others }, spec: { ...spec, resources } };
}

function metadataOf(template: Fields): Manifest['metadata'] {
  return template['metadata'] as Manifest['metadata'];
}
