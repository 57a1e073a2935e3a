import { alertTable } from '../../../test/rules/alert-table.ts';
import { EXTERNAL_SECRETS_ALERTS } from './alerts.ts';

const TARGET = 'job="external-secrets/external-secrets",namespace="external-secrets"';
const OBJECT = `${TARGET},exported_namespace="items",name="items-mongo"`;
const CONTROLLER = `${TARGET},controller="externalsecret"`;

const condition = (kind: string, object: string, ready: string, notReady: string) => ({
  [`${kind}_status_condition{${object},condition="Ready",status="True"}`]: ready,
  [`${kind}_status_condition{${object},condition="Ready",status="False"}`]: notReady,
});
const syncs = (all: string, failed: string) => ({
  [`externalsecret_sync_calls_total{${OBJECT}}`]: all,
  [`externalsecret_sync_calls_error{${OBJECT}}`]: failed,
});
const worker = (reconciled: string, longest: string, added = '0+1x240') => ({
  [`controller_runtime_reconcile_total{${CONTROLLER},result="success"}`]: '0x240',
  [`controller_runtime_reconcile_total{${CONTROLLER},result="requeue_after"}`]: reconciled,
  [`workqueue_adds_total{${CONTROLLER},name="externalsecret"}`]: added,
  [`workqueue_longest_running_processor_seconds{${CONTROLLER},name="externalsecret"}`]: longest,
});

alertTable(EXTERNAL_SECRETS_ALERTS, {
  ExternalSecretNotSynced: {
    fires: {
      series: condition('externalsecret', OBJECT, '0x30', '1x30'),
      at: 20,
      labels: { namespace: 'items', name: 'items-mongo' },
    },
    quiet: [
      { series: condition('externalsecret', OBJECT, '1x30', '0x30'), at: 20 },
      { series: condition('externalsecret', OBJECT, '0x10 1x20', '1x10 0x20'), at: 20 },
    ],
  },
  PushSecretNotSynced: {
    fires: {
      series: condition('pushsecret', OBJECT, '0x30', '1x30'),
      at: 20,
      labels: { namespace: 'items' },
    },
    quiet: { series: condition('pushsecret', OBJECT, '1x30', '0x30'), at: 20 },
  },
  SecretStoreNotReady: {
    fires: {
      series: condition('clustersecretstore', `${TARGET},name="cluster"`, '0x30', '1x30'),
      at: 20,
      labels: { name: 'cluster' },
    },
    quiet: { series: condition('clustersecretstore', `${TARGET},name="cluster"`, '1x30', '0x30'), at: 20 },
  },
  SecretSyncsFailOften: {
    fires: { series: syncs('0+2x180', '0+1x180'), at: 150 },
    quiet: { series: syncs('0+10x180', '0+1x180'), at: 150 },
  },
  SecretSyncStuck: {
    fires: [
      // Everything hangs from the tenth minute on, or from the start.
      { series: worker('0+1x10 10x230', '0x10 0+60x230'), at: 160 },
      { series: worker('0x240', '0x240', '5x240'), at: 140 },
      // One of several workers hangs.
      { series: worker('0+1x240', '0x10 0+60x230'), at: 60 },
    ],
    quiet: [
      { series: worker('0+1x240', '0x240'), at: 200 },
      // One object, synced each hour.
      { series: worker('0x60 1x60 2x60 3x60', '0x240'), at: 200 },
      // Prometheus is new.
      { series: worker('5x240', '0x240', '5x240'), at: 100 },
      // No object at all.
      { series: worker('0x240', '0x240', '0x240'), at: 200 },
    ],
  },
  ExternalSecretsDown: {
    fires: { series: { [`up{${TARGET}}`]: '0x30' }, at: 20 },
    quiet: { series: { [`up{${TARGET},pod="a"}`]: '0x30', [`up{${TARGET},pod="b"}`]: '1x30' }, at: 20 },
  },
});
