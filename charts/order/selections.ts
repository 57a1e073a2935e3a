import type { Problem } from '../fault.ts';
import { findKind } from '../kinds/index.ts';
import { podSpecOf, valuesAt } from '../kinds/references.ts';
import { at, label, listAt, type Manifest } from '../lib/manifest.ts';
import { labelsIn, selectsLabels } from '../lib/selector.ts';

/** Problems of selectors that, by the declaration of the kind, must match something in the cluster but do not. */
export function emptySelections(component: string, manifest: Manifest, all: readonly Manifest[]): Problem[] {
  return Object.entries(findKind(manifest)?.selects ?? {}).flatMap(([path, kind]) =>
    valuesAt(manifest, path)
      .filter(({ value }) => !all.some((other) => isSelected(manifest, value, kind, other)))
      .map(({ value }) => ({
        what: `${label(manifest)} selects ${kind}s by ${describeSelector(value)}, and nothing on this cluster has these labels`,
        where: `component ${component}, ${label(manifest)}, ${path}`,
        fix: `add these labels to the intended ${kind}, or correct the selector`,
      })),
  );
}

function isSelected(by: Manifest, selector: unknown, kind: 'Pod' | 'Service', other: Manifest): boolean {
  const labels =
    kind === 'Pod'
      ? (podSpecOf(other)?.labels ?? at(findKind(other)?.statefulSet?.(other), 'spec', 'selector', 'matchLabels'))
      : other.kind === kind
        ? (other.metadata.labels ?? {})
        : undefined;
  if (labels === undefined || !coversNamespace(by, other)) return false;
  return selectsLabels(selector ?? {}, labelsIn(labels));
}

/** True if a selector covers the other object's namespace; without a namespaceSelector it covers only its own. */
function coversNamespace(by: Manifest, other: Manifest): boolean {
  const namespaces = at(by, 'spec', 'namespaceSelector');
  if (at(namespaces, 'any') === true) return true;
  const names = listAt(namespaces, 'matchNames');
  return (names.length > 0 ? names : [by.metadata.namespace]).includes(other.metadata.namespace);
}

function describeSelector(selector: unknown): string {
  const labels = Object.entries(at(selector, 'matchLabels') ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = listAt(selector, 'matchExpressions').map((e) => JSON.stringify(e));
  return [...labels, ...expressions].join(', ') || 'any label';
}
