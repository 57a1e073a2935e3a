/** The recommended labels (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels). */
export const NAME = 'app.kubernetes.io/name';
export const INSTANCE = 'app.kubernetes.io/instance';
export const COMPONENT = 'app.kubernetes.io/component';
export const PART_OF = 'app.kubernetes.io/part-of';
export const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Selector labels of the pods of one workload. They must never change, because selectors are immutable. */
export function selectorLabels(component: string, instance: string, role: string): Record<string, string> {
  return { [NAME]: component, [INSTANCE]: instance, [COMPONENT]: role };
}

/** Labels of every object of a component. */
export function commonLabels(component: string): Record<string, string> {
  return { [NAME]: component, [INSTANCE]: component, [PART_OF]: 'slipway', [MANAGED_BY]: 'slipway' };
}
