import { defineAlerts, type Duration } from '../../rules/rule.ts';
import { jobOf, namespaced, noneUp } from '../../rules/target.ts';

const JOB = jobOf('cert-manager');

/** PromQL of Certificates, with their own namespace instead of the controller's. */
const certificates = (series: string): string => `max by (namespace, name) (${namespaced(series)})`;

/** Certificates that expire within a time although they should have been renewed, so not short-lived ones by nature. */
const expires = (within: Duration): string =>
  `${certificates(`certmanager_certificate_expiration_timestamp_seconds{${JOB}} > 0`)} - time() < ${within}
and
${certificates(`certmanager_certificate_renewal_timestamp_seconds{${JOB}} > 0`)} < time() - 3600`;

const HOSTS_FAIL = 'browsers and clients refuse the hosts of the certificate once it has expired';

export const CERT_MANAGER_ALERTS = defineAlerts('component', {
  CertificateExpiresSoon: {
    expr: expires('14 * 86400'),
    for: '1h',
    severity: 'warning',
    summary:
      'Certificate {{ $labels.namespace }}/{{ $labels.name }} is not renewed and expires in {{ $value | humanizeDuration }}',
    impact: HOSTS_FAIL,
    runbook: 'certificates',
    about: 'namespace',
    mutedBy: { CertificateAlmostExpired: ['namespace', 'name'] },
  },
  CertificateAlmostExpired: {
    expr: expires('3 * 86400'),
    for: '10m',
    severity: 'critical',
    summary:
      'Certificate {{ $labels.namespace }}/{{ $labels.name }} is not renewed and expires in {{ $value | humanizeDuration }}',
    impact: HOSTS_FAIL,
    runbook: 'certificates',
    about: 'namespace',
  },
  CertificateNotReady: {
    expr: `${certificates(`certmanager_certificate_ready_status{${JOB}, condition!="True"}`)} == 1`,
    // Longer than a first issuance by DNS-01, whose record must spread.
    for: '30m',
    severity: 'warning',
    summary: 'Certificate {{ $labels.namespace }}/{{ $labels.name }} is not ready',
    impact: 'its hosts have no valid certificate, or one that was replaced by another issuer or for other names',
    runbook: 'certificates',
    about: 'namespace',
  },
  CertificateIssuerNotReady: {
    expr: `max by (namespace, name) (
  certmanager_clusterissuer_ready_status{${JOB}, condition!="True"}
  or ${namespaced(`certmanager_issuer_ready_status{${JOB}, condition!="True"}`)}
) == 1`,
    for: '15m',
    severity: 'warning',
    summary: 'issuer {{ $labels.name }} is not ready',
    impact: 'no certificate of this issuer is issued or renewed',
    runbook: 'certificates',
    about: 'namespace',
  },
  AcmeRateLimited: {
    expr: `sum by (host, action) (increase(certmanager_http_acme_client_request_count{${JOB}, status="429"}[1h])) > 0`,
    // One refusal is retried and does not matter; these still come after the first hour has passed.
    for: '1h',
    severity: 'warning',
    summary: '{{ $labels.host }} refuses {{ $labels.action }}: too many requests',
    impact: 'certificates are neither issued nor renewed until the limit of the authority is reset, up to a week',
    runbook: 'certificates',
  },
  CertManagerDown: {
    // A controller that does not lead answers, but knows no certificates.
    expr: `${noneUp(JOB)} or absent(certmanager_certificate_ready_status{${JOB}})`,
    for: '15m',
    severity: 'warning',
    summary: 'no cert-manager controller works',
    impact: 'certificates are neither issued nor renewed, and nobody is told of those that expire',
    runbook: 'certificates',
  },
});
