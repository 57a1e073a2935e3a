import { alertTable } from '../../../test/rules/alert-table.ts';
import { BLACKBOX_EXPORTER_ALERTS } from './alerts.ts';

const DAY = 86_400;
const TARGET = 'job="blackbox",namespace="items",instance="items.example.com"';
const probe = (metric: string, values: string) => ({ [`probe_${metric}{${TARGET}}`]: values });
const HOST = { namespace: 'items', instance: 'items.example.com' };

alertTable(BLACKBOX_EXPORTER_ALERTS, {
  HostUnreachable: {
    fires: { series: probe('success', '0x30'), at: 10, labels: HOST },
    quiet: { series: probe('success', '0x2 1 0x2 1x30'), at: 10 },
  },
  HostCertificateExpiresSoon: {
    fires: { series: probe('ssl_earliest_cert_expiry', `${9 * DAY}x90`), at: 65, labels: HOST },
    quiet: { series: probe('ssl_earliest_cert_expiry', `${11 * DAY}x90`), at: 65 },
  },
  HostSlow: {
    fires: { series: probe('duration_seconds', '3x60'), at: 35, labels: HOST },
    quiet: { series: probe('duration_seconds', '0.2x10 9 0.2x50'), at: 35 },
  },
  HostsNotProbed: {
    fires: { series: {}, at: 20 },
    // A host that does not answer is probed.
    quiet: { series: probe('success', '0x30'), at: 20 },
  },
});
