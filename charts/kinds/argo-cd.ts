import { ROOT } from '../lib/argo.ts';
import { custom } from './kind.ts';

const GROUP = 'argoproj.io';
const MODELS = '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';

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

/** Argo CD's own kinds; bootstrap installs it with their definitions. */
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
