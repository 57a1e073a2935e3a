import { groupOf, type Manifest, textAt } from '../lib/manifest.ts';
import { findKind } from './index.ts';
import { valuesAt } from './references.ts';

/** A workload whose `spec.replicas` the controller of another object sets. */
export interface Scaled {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** The workloads that autoscalers among the objects scale, by the `scales` of the autoscalers' kinds. */
export function scaledTargets(manifests: readonly Manifest[]): Scaled[] {
  return manifests.flatMap((manifest) => {
    const path = findKind(manifest)?.scales;
    if (path === undefined) return [];
    return valuesAt(manifest, path).map(({ value }) => ({
      group: groupOf({ apiVersion: textAt(value, 'apiVersion') ?? 'apps/v1' }),
      kind: textAt(value, 'kind') ?? 'Deployment',
      namespace: manifest.metadata.namespace,
      name: textAt(value, 'name') ?? '',
    }));
  });
}
