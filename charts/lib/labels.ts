import { imageOf } from './images.ts';

/** The recommended labels (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels). */
export const NAME = 'app.kubernetes.io/name';
export const INSTANCE = 'app.kubernetes.io/instance';
export const COMPONENT = 'app.kubernetes.io/component';
export const VERSION = 'app.kubernetes.io/version';
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

/**
 * The version of a workload, by the tag of its main image; never part of a selector. None for an image without a tag.
 *
 * @param image reference, with a registry's port, a tag and a digest or without: `registry:5000/name:1.2@sha256:…`
 */
export function versionLabel(image: string): Record<string, string> {
  const { tag } = imageOf(image);
  // A tag may be longer than a label's value, and end in a character that a value must not end in.
  const version = tag?.slice(0, 63).replace(/^[^a-z0-9]+|[^a-z0-9]+$/gi, '');
  return version ? { [VERSION]: version } : {};
}
