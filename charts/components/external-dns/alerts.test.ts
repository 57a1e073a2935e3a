import { describe, expect, it } from 'vitest';
import { alertTable } from '../../../test/rules/alert-table.ts';
import { externalDnsAlerts } from './alerts.ts';

const TARGET = 'job="external-dns/external-dns",namespace="external-dns"';
const LAST_SYNC = `external_dns_controller_last_sync_timestamp_seconds{${TARGET}}`;

const errors = (registry: string, source = '0x180') => ({
  [`external_dns_registry_errors_total{${TARGET}}`]: registry,
  [`external_dns_source_errors_total{${TARGET}}`]: source,
});
const mismatch = (values: string) => ({
  [`external_dns_registry_skipped_records_owner_mismatch_per_sync{${TARGET},record_type="a",owner="staging",foreign_owner="old",domain="example.com"}`]:
    values,
});

alertTable(externalDnsAlerts({ interval: '1m' }), {
  DnsRecordsNotSynced: {
    // It hangs after ten minutes.
    fires: { series: { [LAST_SYNC]: '0+60x10 600x60' }, at: 40 },
    quiet: [
      { series: { [LAST_SYNC]: '0+60x60' }, at: 40 },
      // A restart, and the first sync after it.
      { series: { [LAST_SYNC]: '0+60x30 0x3 2040+60x30' }, at: 45 },
    ],
  },
  DnsSyncFailsOften: {
    fires: [
      { series: errors('0+1x180'), at: 150 },
      { series: errors('0x180', '0+1x180'), at: 150 },
    ],
    quiet: { series: errors('0x10 0+1x10 10x160'), at: 79 },
  },
  DnsRecordOwnedByOther: {
    fires: { series: mismatch('1x60'), at: 35, labels: { domain: 'example.com', foreign_owner: 'old' } },
    quiet: { series: mismatch('1x10 0x50'), at: 35 },
  },
  ExternalDnsDown: {
    fires: { series: {}, at: 20 },
    quiet: { series: { [`up{${TARGET}}`]: '0x5 1x30' }, at: 20 },
  },
});

describe('the age of the last sync', () => {
  it.each([
    ['1m', 900],
    ['30s', 900],
    ['1h', 18_000],
  ])('allows for several intervals of %s', (interval, seconds) => {
    expect(externalDnsAlerts({ interval }).DnsRecordsNotSynced.expr).toMatch(new RegExp(`> ${seconds}$`));
  });
});
