import { ROOT } from '../lib/argo.ts';
import { custom } from './kind.ts';

const GROUP = 'argoproj.io';
const MODELS = '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';

/**
 * Health check of an Application: the health of its objects, but Progressing until all of them are synced. Argo CD has
 * had no built-in check since 1.8, and status.health covers only the objects that exist so far: without this check,
 * waves between Applications would not wait. With automated sync disabled the health counts as it is. The root syncs
 * itself and would wait for its own sync.
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

/** Argo CD's kinds; bootstrap installs their definitions. */
export const argoCd = [
  custom(GROUP, 'Application', {
    versions: ['v1alpha1'],
    scope: 'namespaced',
    offers: 'once healthy',
    references: { 'spec.project': `${GROUP}/AppProject` },
    schema: `${MODELS}/Application`,
    health: APPLICATION_HEALTH,
  }),
  custom(GROUP, 'ApplicationSet', {
    versions: ['v1alpha1'],
    scope: 'namespaced',
    offers: 'once healthy',
    schema: `${MODELS}/ApplicationSet`,
  }),
  custom(GROUP, 'AppProject', {
    versions: ['v1alpha1'],
    scope: 'namespaced',
    offers: 'at once',
    schema: `${MODELS}/AppProject`,
  }),
];
