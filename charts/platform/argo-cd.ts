import { k8s } from 'cdk8s-plus-28';
import { Component } from '../component.ts';
import { KEEP } from '../lib/argo.ts';
import { PART_OF } from '../lib/labels.ts';

/**
 * How healthy an Application is: as healthy as what it syncs, once it has synced. Argo CD left this check out in 1.8;
 * without it the waves between Applications wait for nothing.
 */
const APPLICATION_HEALTH = `local health = { status = "Progressing", message = "not synced yet" }
if obj.status ~= nil and obj.status.health ~= nil and obj.status.health.status ~= nil then
  health.status = obj.status.health.status
  health.message = obj.status.health.message
end
return health
`;

/** A backup location is healthy when Velero could reach it; Argo CD has no check of its own for it. */
const BACKUP_LOCATION_HEALTH = `local health = { status = "Progressing", message = "not validated yet" }
if obj.status ~= nil and obj.status.phase == "Available" then
  health.status = "Healthy"
  health.message = ""
elseif obj.status ~= nil and obj.status.phase == "Unavailable" then
  health.status = "Degraded"
  health.message = obj.status.message
end
return health
`;

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
      data: {
        'resource.customizations.health.argoproj.io_Application': APPLICATION_HEALTH,
        'resource.customizations.health.velero.io_BackupStorageLocation': BACKUP_LOCATION_HEALTH,
      },
    });
  }
}
