import { alertTable } from '../../../test/rules/alert-table.ts';
import { PROMETHEUS_OPERATOR_ALERTS } from './alerts.ts';

const TARGET = 'job="prometheus-operator/prometheus-operator",namespace="prometheus-operator"';
const syncs = (failed: string) => ({
  [`prometheus_operator_syncs{${TARGET},controller="prometheus",status="ok"}`]: '1x60',
  [`prometheus_operator_syncs{${TARGET},controller="prometheus",status="failed"}`]: failed,
});
const rules = (rejected: string) => ({
  [`prometheus_operator_managed_resources{${TARGET},controller="prometheus",resource="PrometheusRule",state="selected"}`]:
    '9x60',
  [`prometheus_operator_managed_resources{${TARGET},controller="prometheus",resource="PrometheusRule",state="rejected"}`]:
    rejected,
});

alertTable(PROMETHEUS_OPERATOR_ALERTS, {
  MonitoringObjectNotReconciled: {
    fires: { series: syncs('1x60'), at: 20, labels: { controller: 'prometheus' } },
    quiet: { series: syncs('1x5 0x60'), at: 20 },
  },
  MonitoringObjectRejected: {
    fires: { series: rules('1x60'), at: 15, labels: { resource: 'PrometheusRule' } },
    quiet: { series: rules('0x60'), at: 15 },
  },
  PrometheusOperatorDown: {
    fires: { series: {}, at: 35 },
    quiet: { series: { [`up{${TARGET}}`]: '1x60' }, at: 35 },
  },
});
