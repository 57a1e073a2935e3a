import { defineAlerts } from '../../rules/rule.ts';

// Each host has the namespace of whoever serves it, by its Probe.
const JOB = 'job="blackbox"';

export const BLACKBOX_EXPORTER_ALERTS = defineAlerts('component', {
  HostUnreachable: {
    expr: `max by (namespace, instance) (probe_success{${JOB}}) == 0`,
    for: '5m',
    severity: 'critical',
    summary: 'https://{{ $labels.instance }} does not answer as it should',
    impact: 'its users see an error, or nothing',
    runbook: 'host-unreachable',
    about: 'namespace',
    mutedBy: { GatewayDown: [] },
  },
  HostCertificateExpiresSoon: {
    // What is served, whichever Certificate it comes from, and whether or not the gateway has loaded the new one.
    expr: `min by (namespace, instance) (probe_ssl_earliest_cert_expiry{${JOB}}) - time() < 10 * 86400`,
    for: '1h',
    severity: 'warning',
    summary: 'the certificate that {{ $labels.instance }} serves expires in {{ $value | humanizeDuration }}',
    impact: 'browsers and clients refuse the host once it has expired',
    runbook: 'certificates',
    about: 'namespace',
  },
  HostSlow: {
    expr: `avg by (namespace, instance) (avg_over_time(probe_duration_seconds{${JOB}}[15m])) > 2`,
    for: '15m',
    severity: 'warning',
    summary: 'https://{{ $labels.instance }} takes {{ $value | humanizeDuration }} to answer',
    impact: 'its users wait',
    runbook: 'host-unreachable',
    about: 'namespace',
    mutedBy: { HostUnreachable: ['instance'] },
  },
  HostsNotProbed: {
    expr: `absent(probe_success{${JOB}})`,
    for: '15m',
    severity: 'warning',
    summary: 'no host is probed',
    impact: 'nobody is told if a host cannot be reached',
    runbook: 'monitoring',
  },
});
