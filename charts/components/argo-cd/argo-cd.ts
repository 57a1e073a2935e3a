import { k8s } from 'cdk8s-plus-28';
import { Component } from '../../component.ts';
import { KEEP, ROOT } from '../../lib/argo.ts';
import { PART_OF } from '../../lib/labels.ts';

/**
 * How healthy an Application is: as healthy as what it syncs, but not before all of it is synced. Argo CD has had no
 * check of its own since 1.8, and the health that it notes is that of the objects which are there by now: without this
 * one the waves between Applications wait for little. One that a person has paused counts as it is. The root syncs
 * itself: it would wait for its own end.
 */
const APPLICATION_HEALTH = `if obj.metadata.name == "${ROOT}" then
  return { status = "Healthy", message = "" }
end
local status = obj.status or {}
local operation = status.operationState or {}
local automated = obj.spec.syncPolicy ~= nil and obj.spec.syncPolicy.automated ~= nil
if status.health == nil or status.health.status == nil or status.sync == nil then
  return { status = "Progressing", message = "not compared yet" }
end
if operation.phase == "Running" then
  return { status = "Progressing", message = "syncing" }
end
if operation.phase == "Failed" or operation.phase == "Error" then
  return { status = "Degraded", message = operation.message }
end
if automated and status.sync.status ~= "Synced" then
  return { status = "Progressing", message = "not synced yet" }
end
return { status = status.health.status, message = status.health.message }
`;

/**
 * A webhook configuration is of use once cert-manager has written its certificate authority into it: until then the
 * API server refuses whatever the webhook is to look at.
 */
const WEBHOOK_HEALTH = `local annotations = obj.metadata.annotations or {}
local injected = annotations["cert-manager.io/inject-ca-from"] or annotations["cert-manager.io/inject-ca-from-secret"]
if injected ~= nil then
  for _, webhook in ipairs(obj.webhooks or {}) do
    if webhook.clientConfig.caBundle == nil or webhook.clientConfig.caBundle == "" then
      return { status = "Progressing", message = "waits for its certificate authority" }
    end
  end
end
return { status = "Healthy", message = "" }
`;

/**
 * An autoscaler without metrics keeps the pods that there are, which is how every one begins; Argo CD's own check
 * calls that degraded, and fails the sync.
 */
const AUTOSCALER_HEALTH = `local status = obj.status or {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "AbleToScale" and condition.status == "False" then
    return { status = "Degraded", message = condition.message }
  end
end
return { status = "Healthy", message = "" }
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
        'resource.customizations.health.admissionregistration.k8s.io_MutatingWebhookConfiguration': WEBHOOK_HEALTH,
        'resource.customizations.health.admissionregistration.k8s.io_ValidatingWebhookConfiguration': WEBHOOK_HEALTH,
        'resource.customizations.health.argoproj.io_Application': APPLICATION_HEALTH,
        'resource.customizations.health.autoscaling_HorizontalPodAutoscaler': AUTOSCALER_HEALTH,
        'resource.customizations.health.velero.io_BackupStorageLocation': BACKUP_LOCATION_HEALTH,
      },
    });
  }
}
