import { defineAlerts, type Duration, secondsOfRule } from '../../rules/rule.ts';
import { jobOf, noneUp } from '../../rules/target.ts';

const JOB = jobOf('external-dns');

/** Less than this is no outage of a DNS API that anybody must look at. */
const MIN_AGE_SECONDS = 900;
/** Syncs that may fail, or wait for a rate limit, one after the other. */
const MISSED_SYNCS = 5;

/**
 * Alerts of external-dns.
 *
 * @param interval time between two synchronizations
 */
export const externalDnsAlerts = ({ interval }: { readonly interval: Duration }) => {
  const maxAge = Math.max(MIN_AGE_SECONDS, MISSED_SYNCS * secondsOfRule(interval));
  return defineAlerts('component', {
    DnsRecordsNotSynced: {
      // Its calls of the DNS API have no timeout: the age is the only sign of one that hangs.
      expr: `time() - max(external_dns_controller_last_sync_timestamp_seconds{${JOB}}) > ${maxAge}`,
      // After a start there is no sync yet, and the age is that of the epoch.
      for: '10m',
      severity: 'warning',
      summary: `external-dns has not synced the zone for ${maxAge / 60} minutes`,
      impact: 'new hosts have no record, and records point to an old address if the gateway gets another one',
      runbook: 'dns-records',
    },
    DnsSyncFailsOften: {
      expr: `sum(increase(external_dns_registry_errors_total{${JOB}}[1h])) + sum(increase(external_dns_source_errors_total{${JOB}}[1h])) > ${MISSED_SYNCS}`,
      for: '1h',
      severity: 'warning',
      summary: '{{ $value | humanize }} syncs of DNS records failed within an hour',
      impact: 'records of new hosts come late',
      runbook: 'dns-records',
    },
    DnsRecordOwnedByOther: {
      expr: `max by (domain, foreign_owner) (external_dns_registry_skipped_records_owner_mismatch_per_sync{${JOB}}) > 0`,
      for: '30m',
      severity: 'warning',
      summary: 'a host in {{ $labels.domain }} has a record of another owner, which external-dns does not replace',
      impact: 'the host does not lead to this cluster',
      runbook: 'dns-records',
    },
    ExternalDnsDown: {
      expr: noneUp(JOB),
      for: '15m',
      severity: 'warning',
      summary: 'external-dns is not running',
      impact: 'new hosts have no record; the records that are there stay',
      runbook: 'dns-records',
    },
  });
};
