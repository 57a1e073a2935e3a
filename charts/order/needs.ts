import { findKind, resourceNameOf } from '../kinds/index.ts';
import { capability, type Need } from '../kinds/kind.ts';
import { objectNeed, referencesOf } from '../kinds/references.ts';
import { groupOf, type Manifest } from '../lib/manifest.ts';

/** All needs of one object. */
export function needsOf(manifest: Manifest): Need[] {
  return [...generalNeeds(manifest), ...(findKind(manifest)?.needs?.(manifest) ?? []), ...referencesOf(manifest)];
}

/** Needs common to all objects: namespace, definition, controller, and the admission webhooks of the kind. */
function generalNeeds(manifest: Manifest): Need[] {
  const { kind, metadata } = manifest;
  const declared = findKind(manifest);
  const group = groupOf(manifest);
  const resource = resourceNameOf(manifest);
  const needs: Need[] = [];
  if (metadata.namespace) needs.push(objectNeed('', 'Namespace', undefined, metadata.namespace, 'metadata.namespace'));
  if (!declared?.builtIn) {
    needs.push(
      {
        wants: capability.crd(group, resource),
        says: `the custom resource definition of ${kind} (${group})`,
        path: 'kind',
        when: 'before',
      },
      {
        wants: capability.controller(group, resource),
        says: `the controller of ${kind}`,
        path: 'kind',
        when: 'ifAny',
      },
    );
  }
  needs.push({
    wants: capability.admission(group, resource),
    says: `the admission webhook of ${kind}`,
    path: 'kind',
    when: 'ifAny',
  });
  return needs;
}
