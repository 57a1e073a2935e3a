import { k8s } from 'cdk8s-plus-28';
import { Component } from '../../component.ts';
import { keyringOf, type Signatures } from '../../fleet/signatures.ts';
import { KINDS } from '../../kinds/index.ts';
import { KEEP } from '../../lib/argo.ts';
import { PART_OF } from '../../lib/labels.ts';
import { ARGO_CD_ALERTS } from './alerts.ts';
import dashboard from './dashboards/argo-cd.json' with { type: 'json' };

/**
 * Settings of Argo CD that this repository relies on. Bootstrap installs Argo CD; these keys of its ConfigMap are
 * applied server-side, which leaves all other keys unchanged.
 */
export class ArgoCd extends Component {
  override readonly appliedByBootstrap = true;
  // Upstream's policies admit everybody to these ports.
  override readonly foreignPrograms = [
    { name: 'argocd-application-controller', namespace: 'argocd', port: 8082 },
    { name: 'argocd-server', namespace: 'argocd', port: 8083 },
    { name: 'argocd-repo-server', namespace: 'argocd', port: 8084 },
  ];

  override readonly rules = [{ name: 'argo-cd', alerts: ARGO_CD_ALERTS }];

  override readonly dashboards = [dashboard];

  /** @param signatures those that commits must have, if any */
  constructor(signatures?: Signatures) {
    super('argo-cd', { tier: 'platform', ownNamespace: false, namespace: 'argocd' });
    new k8s.KubeConfigMap(this, 'ConfigMap', {
      // Argo CD reads only ConfigMaps with this label. KEEP, because deletion would include the settings of bootstrap.
      metadata: { name: 'argocd-cm', labels: { [PART_OF]: 'argocd' }, annotations: KEEP },
      data: Object.fromEntries(healthChecks()),
    });
    new k8s.KubeConfigMap(this, 'ConfigMap.parameters', {
      // Its programs read it when they start; bootstrap restarts them after it has applied it.
      metadata: { name: 'argocd-cmd-params-cm', labels: { [PART_OF]: 'argocd' }, annotations: KEEP },
      data: { 'controller.sync.timeout.seconds': String(SYNC_TIMEOUT_SECONDS) },
    });
    new k8s.KubeConfigMap(this, 'ConfigMap.keys', {
      // Without keys too: its programs do not start if it is not there, and a key that was taken out must go.
      metadata: { name: 'argocd-gpg-keys-cm', labels: { [PART_OF]: 'argocd' }, annotations: KEEP },
      data: signatures && keyringOf(signatures),
    });
  }
}

/**
 * Seconds after which Argo CD ends a sync, retries included. It never tries that commit again, so this is far longer than
 * an outage that shall heal by itself; it ends only what waits for something that never comes.
 */
const SYNC_TIMEOUT_SECONDS = 86_400;

/** Keys and Lua scripts of the kinds with a health check, sorted. */
function healthChecks(): [string, string][] {
  return KINDS.flatMap(({ group, kind, health }): [string, string][] =>
    health === undefined ? [] : [[`resource.customizations.health.${group ? `${group}_` : ''}${kind}`, health]],
  ).sort(([a], [b]) => (a < b ? -1 : 1));
}
