import { findKind } from '../../kinds/index.ts';
import { podSpecOf } from '../../kinds/references.ts';
import { COMPONENT, commonLabels, INSTANCE } from '../../lib/labels.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';

type Labels = Readonly<Record<string, string>>;

/** The labels that selectors of a component ask for: changing one of them would break what selects by it. */
export interface SelectedLabels {
  has(key: string, value: string): boolean;
}

/** The labels that any selector of these objects names, with their values; by an expression, with any value. */
export function selectedLabels(objects: readonly Manifest[]): SelectedLabels {
  const pairs = new Set<string>();
  const keys = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, label] of Object.entries(at(value, 'matchLabels') ?? {})) pairs.add(`${key}=${label}`);
    for (const expression of listAt(value, 'matchExpressions')) keys.add(String(at(expression, 'key')));
    for (const inner of Object.values(value)) visit(inner);
  };
  for (const object of objects) {
    visit(object);
    if (object.kind === 'Service')
      for (const [key, label] of Object.entries(at(object, 'spec', 'selector') ?? {})) pairs.add(`${key}=${label}`);
  }
  return { has: (key, value) => keys.has(key) || pairs.has(`${key}=${value}`) };
}

/**
 * The object and its pod template with the common labels of a component, except for those that a selector asks for.
 * Selectors are never changed: they are immutable, and the source's own.
 */
export function labelled(object: Manifest, component: string, selected: SelectedLabels): Manifest {
  const own = common(object.metadata.labels, component, selected);
  const pods = podSpecOf(object);
  if (pods === undefined) return withLabels(object, own);
  const role = common(pods.labels as Labels | undefined, component, selected);
  const podLabels: Labels = { ...role, [COMPONENT]: role[COMPONENT] ?? own[COMPONENT] ?? object.metadata.name };
  const shared = { [INSTANCE]: podLabels[INSTANCE] ?? component, [COMPONENT]: podLabels[COMPONENT] ?? '' };
  const path = findKind(object)?.podTemplate ?? '';
  return withLabels(withPodLabels(object, path === '' ? [] : path.split('.'), podLabels) as Manifest, {
    ...own,
    ...shared,
  });
}

function common(own: Labels = {}, component: string, selected: SelectedLabels): Record<string, string> {
  const labels = Object.entries(commonLabels(component)).map(([key, value]) => {
    const found = own[key];
    const keeps = found !== undefined && (key === INSTANCE || selected.has(key, found));
    return [key, keeps ? found : value] as const;
  });
  return { ...own, ...Object.fromEntries(labels) };
}

function withLabels(object: Manifest, labels: Labels): Manifest {
  return { ...object, metadata: { ...object.metadata, labels } };
}

function withPodLabels(value: unknown, path: readonly string[], labels: Labels): unknown {
  const [step, ...rest] = path;
  const holder = value as Readonly<Record<string, unknown>>;
  if (step !== undefined) return { ...holder, [step]: withPodLabels(holder[step], rest, labels) };
  return { ...holder, metadata: { ...(holder['metadata'] as object | undefined), labels } };
}
