import { defineAlerts } from '../../rules/rule.ts';
import { jobOf, namespaced, noneUp } from '../../rules/target.ts';

const JOB = jobOf('external-secrets');
const CONTROLLER = `${JOB}, controller="externalsecret"`;
const NOT_READY = `${JOB}, condition="Ready", status="False"`;

/** PromQL of objects that are not ready, with their own namespace instead of the controller's. */
const notReady = (metric: string): string => `max by (namespace, name) (${namespaced(`${metric}{${NOT_READY}}`)}) == 1`;

export const EXTERNAL_SECRETS_ALERTS = defineAlerts('component', {
  ExternalSecretNotSynced: {
    expr: notReady('externalsecret_status_condition'),
    for: '15m',
    severity: 'warning',
    summary: 'ExternalSecret {{ $labels.namespace }}/{{ $labels.name }} is not synced from the secret store',
    impact: 'its Secret is missing, and pods that need it do not start, or it has an old value',
    runbook: 'stored-secrets',
    about: 'namespace',
  },
  PushSecretNotSynced: {
    expr: notReady('pushsecret_status_condition'),
    for: '15m',
    severity: 'warning',
    summary: 'PushSecret {{ $labels.namespace }}/{{ $labels.name }} is not written to the secret store',
    impact: 'a generated password is not in the store, and whoever reads it from there does not start',
    runbook: 'stored-secrets',
    about: 'namespace',
  },
  SecretStoreNotReady: {
    expr: `max by (name) (clustersecretstore_status_condition{${NOT_READY}}) == 1`,
    for: '15m',
    severity: 'warning',
    summary: 'the secret store {{ $labels.name }} cannot be used',
    impact: 'Secrets keep their values; new ones are not made and changed ones not read',
    runbook: 'stored-secrets',
  },
  SecretSyncsFailOften: {
    expr: `sum(increase(externalsecret_sync_calls_error{${JOB}}[1h])) > 0.2 * sum(increase(externalsecret_sync_calls_total{${JOB}}[1h]))`,
    for: '1h',
    severity: 'warning',
    summary: '{{ $value | humanize }} syncs from the secret store failed within an hour',
    impact: 'Secrets follow the store late',
    runbook: 'stored-secrets',
  },
  SecretSyncStuck: {
    // Every object is synced each hour, so within two if there were any then. The controller stays healthy while its
    // workers wait for a provider that hangs.
    expr: `(
  sum(increase(controller_runtime_reconcile_total{${CONTROLLER}}[2h])) == 0
  and sum(workqueue_adds_total{${CONTROLLER}} offset 2h) > 0
)
or max(workqueue_longest_running_processor_seconds{${CONTROLLER}}) > 900`,
    for: '15m',
    severity: 'warning',
    summary: 'External Secrets waits for the secret store and syncs nothing, or not all',
    impact: 'new Secrets are not made and changed ones not read, although every object may say that it is synced',
    runbook: 'stored-secrets',
  },
  ExternalSecretsDown: {
    expr: noneUp(JOB),
    for: '15m',
    severity: 'warning',
    summary: 'no controller of External Secrets is running',
    impact: 'Secrets keep their values; new ones are not made and changed ones not read',
    runbook: 'stored-secrets',
  },
});
