import { k8s } from 'cdk8s-plus-28';
import { Component } from '../../component.ts';
import { KINDS } from '../../kinds/index.ts';
import { KEEP } from '../../lib/argo.ts';
import { PART_OF } from '../../lib/labels.ts';

/**
 * The settings of Argo CD that this repository relies on. Bootstrap installs Argo CD; these keys of its ConfigMap are
 * applied server-side, so that all others stay as the installation made them.
 */
export class ArgoCd extends Component {
  constructor() {
    super('argo-cd', { tier: 'platform', ownNamespace: false, namespace: 'argocd' });
    new k8s.KubeConfigMap(this, 'ConfigMap', {
      // Argo CD reads only ConfigMaps that carry this label, and losing its settings would be losing its memory.
      metadata: { name: 'argocd-cm', labels: { [PART_OF]: 'argocd' }, annotations: KEEP },
      data: Object.fromEntries(healthChecks()),
    });
  }
}

/** Argo CD's keys of the kinds that bring a health check of their own, sorted. */
function healthChecks(): [string, string][] {
  return KINDS.flatMap(({ group, kind, health }): [string, string][] =>
    health === undefined ? [] : [[`resource.customizations.health.${group ? `${group}_` : ''}${kind}`, health]],
  ).sort(([a], [b]) => (a < b ? -1 : 1));
}
