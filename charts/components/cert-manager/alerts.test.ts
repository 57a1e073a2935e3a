import { alertTable } from '../../../test/rules/alert-table.ts';
import { CERT_MANAGER_ALERTS } from './alerts.ts';

const TARGET = 'job="cert-manager/cert-manager",namespace="cert-manager"';
const WILDCARD = `${TARGET},exported_namespace="gateway",name="wildcard"`;
const DAY = 86_400;

/** A certificate as two replicas see it, of which it is so much at time 0. */
const certificate = (expires: number, renewed: number) =>
  Object.fromEntries(
    ['a', 'b'].flatMap((pod) => [
      [`certmanager_certificate_expiration_timestamp_seconds{${WILDCARD},pod="${pod}"}`, `${expires}x140`],
      [`certmanager_certificate_renewal_timestamp_seconds{${WILDCARD},pod="${pod}"}`, `${renewed}x140`],
    ]),
  );
const ready = (condition: string, values: string) => ({
  [`certmanager_certificate_ready_status{${WILDCARD},condition="${condition}"}`]: values,
});
const refused = (values: string) => ({
  [`certmanager_http_acme_client_request_count{${TARGET},scheme="https",host="acme-v02.api.letsencrypt.org",action="new_order",method="POST",status="429"}`]:
    values,
});

alertTable(CERT_MANAGER_ALERTS, {
  CertificateExpiresSoon: {
    fires: {
      series: certificate(13 * DAY, 60),
      at: 125,
      labels: { namespace: 'gateway', name: 'wildcard' },
    },
    quiet: [
      { series: certificate(16 * DAY, 60), at: 125 },
      // Short-lived by nature: its renewal is due in an hour.
      { series: certificate(DAY, 3 * 3600), at: 125 },
      // Never issued.
      { series: certificate(0, 0), at: 125 },
    ],
  },
  CertificateAlmostExpired: {
    fires: { series: certificate(2 * DAY, 60), at: 75, labels: { name: 'wildcard' } },
    quiet: { series: certificate(4 * DAY, 60), at: 75 },
  },
  CertificateNotReady: {
    fires: [
      { series: { ...ready('True', '0x60'), ...ready('False', '1x60'), ...ready('Unknown', '0x60') }, at: 35 },
      { series: ready('Unknown', '1x60'), at: 35, labels: { namespace: 'gateway' } },
    ],
    quiet: [
      { series: { ...ready('True', '1x60'), ...ready('False', '0x60') }, at: 35 },
      // First issuance.
      { series: ready('False', '1x20 0x40'), at: 40 },
    ],
  },
  CertificateIssuerNotReady: {
    fires: [
      {
        series: { [`certmanager_clusterissuer_ready_status{${TARGET},name="acme",condition="False"}`]: '1x60' },
        at: 20,
        labels: { name: 'acme' },
      },
      {
        series: {
          [`certmanager_issuer_ready_status{${TARGET},name="own",exported_namespace="a",condition="Unknown"}`]: '1x60',
        },
        at: 20,
        labels: { name: 'own' },
      },
    ],
    quiet: {
      series: {
        [`certmanager_clusterissuer_ready_status{${TARGET},name="acme",condition="False"}`]: '0x60',
        [`certmanager_clusterissuer_ready_status{${TARGET},name="acme",condition="True"}`]: '1x60',
      },
      at: 20,
    },
  },
  AcmeRateLimited: {
    fires: { series: refused('0+1x180'), at: 120, labels: { action: 'new_order' } },
    quiet: { series: refused('0x10 1x170'), at: 120 },
  },
  CertManagerDown: {
    fires: [
      { series: { [`up{${TARGET}}`]: '0x30' }, at: 20 },
      { series: {}, at: 20 },
      // No pod leads.
      { series: { [`up{${TARGET},pod="a"}`]: '1x30' }, at: 20 },
    ],
    quiet: {
      series: {
        [`up{${TARGET},pod="a"}`]: '1x30',
        [`up{${TARGET},pod="b"}`]: '0x30',
        ...ready('True', '1x30'),
      },
      at: 20,
    },
  },
});
