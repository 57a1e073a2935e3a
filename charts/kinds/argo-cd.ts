import { HOLDS_BACK_SECONDS } from '../lib/argo.ts';
import { MANAGED_BY } from '../lib/labels.ts';
import { custom } from './kind.ts';

const GROUP = 'argoproj.io';
const MODELS = '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';

/**
 * Health of an Application, as the root sees it when it syncs the Applications of one wave after those of the last: not
 * how well it is, which Argo CD shows at the Application itself, but whether others still have to wait for it. Argo CD
 * has had no built-in check since 1.8, and without one waves between Applications do not wait.
 *
 * One that nothing comes after never holds back others. One that others come after does until it is synced and healthy,
 * but at most for the seconds of its annotation: Argo CD knows waves and no dependencies, so those that do not need it
 * wait as well. After that those that need it are created too, and wait for its objects by themselves. It is Progressing and
 * never Degraded, which would fail the root's sync. With automated sync disabled the health counts as it is, and for
 * Applications of others, such as a tenant's, always.
 *
 * Argo CD's Lua has no string functions: two times in UTC are compared as texts. `os.time` reads the fields of its
 * argument as local time, and `os.date` with a second argument writes local time, so together they give UTC.
 */
const APPLICATION_HEALTH = `local os = require("os")
local seconds = (obj.metadata.annotations or {})["${HOLDS_BACK_SECONDS}"]
local status = obj.status or {}
local operation = status.operationState or {}
local health = status.health or {}
if (obj.metadata.labels or {})["${MANAGED_BY}"] ~= "slipway" then
  return { status = health.status or "Progressing", message = health.message or "" }
end
if seconds == nil then
  return { status = "Healthy", message = "nothing waits for it" }
end
local automated = obj.spec.syncPolicy ~= nil and obj.spec.syncPolicy.automated ~= nil
local condition = (status.conditions or {})[1] or {}
local state, since
if health.status == nil or status.sync == nil then
  state, since = "not compared yet", obj.metadata.creationTimestamp
elseif operation.phase == "Running" or operation.phase == "Failed" or operation.phase == "Error" then
  state, since = "not synced: " .. (operation.message or operation.phase), operation.startedAt
elseif automated and status.sync.status ~= "Synced" then
  state, since = "not synced yet", condition.lastTransitionTime
elseif health.status ~= "Healthy" then
  state, since = health.status .. ": " .. (health.message or ""), health.lastTransitionTime
else
  return { status = "Healthy", message = "" }
end
local limit = os.date("%Y-%m-%dT%H:%M:%SZ", os.time(os.date("!*t")) - tonumber(seconds))
if since ~= nil and since < limit then
  return { status = "Healthy", message = "no longer waited for; since " .. since .. " " .. state }
end
return { status = "Progressing", message = "waited for; " .. state }
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
