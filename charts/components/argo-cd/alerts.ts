import { defineAlerts } from '../../rules/rule.ts';
import { jobOf, noneUp } from '../../rules/target.ts';

const CONTROLLER = jobOf('argocd', 'argocd-application-controller');
const REPO_SERVER = jobOf('argocd', 'argocd-repo-server');

/**
 * Applications in a state, with the namespace that they deploy to. Each state is a series of its own, so that they are put
 * together by name.
 */
const applications = (...matchers: readonly string[]): string =>
  `max by (namespace, name) (label_replace(
  argocd_app_info{${[CONTROLLER, ...matchers].join(', ')}}, "namespace", "$1", "dest_namespace", "(.+)"
))`;

const FAILED_SYNCS = `argocd_app_sync_total{${CONTROLLER}, phase=~"Error|Failed"}`;

export const ARGO_CD_ALERTS = defineAlerts('component', {
  ApplicationOutOfSync: {
    expr: applications('sync_status!="Synced"'),
    for: '1h',
    severity: 'warning',
    summary: 'Application {{ $labels.name }} has not been in sync for an hour',
    impact: 'the cluster is not what Git says: a push has no effect, or somebody has paused the Application',
    runbook: 'argo-cd-alerts',
    about: 'namespace',
  },
  ApplicationUnhealthy: {
    expr: applications('health_status!~"Healthy|Progressing|Suspended"'),
    for: '15m',
    severity: 'warning',
    summary: 'Application {{ $labels.name }} is not healthy',
    impact: 'at least one of its objects does not work; Applications of later waves wait for it',
    runbook: 'argo-cd-alerts',
    about: 'namespace',
  },
  ApplicationSyncStuck: {
    // Until it ends, neither a newer commit nor a drift is looked at.
    expr: `${applications('operation="sync"')} or ${applications('health_status="Progressing"')}`,
    for: '1h',
    severity: 'warning',
    summary: 'Application {{ $labels.name }} has been syncing or progressing for an hour',
    impact: 'a newer commit has no effect',
    runbook: 'hanging-sync',
    about: 'namespace',
  },
  ApplicationSyncFailed: {
    // A series starts with the first failure, which `increase` does not count. All of them start with a new Prometheus.
    // Only the state says which namespace it is about.
    expr: `(
  sum by (name) (increase(${FAILED_SYNCS}[1h])) > 0
  or sum by (name) (${FAILED_SYNCS} unless ${FAILED_SYNCS} offset 1h) > 0 and on () up{${CONTROLLER}} offset 1h
)
* on (name) group_right ()
${applications()}`,
    severity: 'warning',
    summary: 'a sync of Application {{ $labels.name }} failed',
    impact: 'the commit is deployed in part or not at all; Argo CD tries again only with another one',
    runbook: 'argo-cd-alerts',
    about: 'namespace',
  },
  GitFetchFails: {
    expr: `sum by (repo) (increase(argocd_git_fetch_fail_total{${REPO_SERVER}}[30m])) > 0
or sum by (repo) (increase(argocd_git_lsremote_fail_total{${REPO_SERVER}}[30m])) > 0`,
    for: '30m',
    severity: 'warning',
    summary: 'Argo CD cannot fetch {{ $labels.repo }}',
    impact: 'a push has no effect',
    runbook: 'argo-cd-alerts',
  },
  ArgoCdDown: {
    expr: `${noneUp(CONTROLLER)} or ${noneUp(REPO_SERVER)} or absent(argocd_app_info{${CONTROLLER}})`,
    for: '15m',
    severity: 'warning',
    summary: 'the application controller or the repository server of Argo CD is not running',
    impact: 'a push has no effect, and drift is not healed; what runs goes on',
    runbook: 'argo-cd-alerts',
  },
});
