/** The recommended labels' prefix (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels). */
export const NAME = 'app.kubernetes.io/name';
export const INSTANCE = 'app.kubernetes.io/instance';
export const COMPONENT = 'app.kubernetes.io/component';
export const PART_OF = 'app.kubernetes.io/part-of';
export const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Labels that select the pods of one workload. They never change in place: a selector is immutable. */
export function selectorLabels(component: string, instance: string, role: string): Record<string, string> {
  return { [NAME]: component, [INSTANCE]: instance, [COMPONENT]: role };
}

/** Labels that every object of a component carries. */
export function commonLabels(component: string): Record<string, string> {
  return { [NAME]: component, [INSTANCE]: component, [PART_OF]: 'slipway', [MANAGED_BY]: 'slipway' };
}
