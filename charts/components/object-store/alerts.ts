import { defineAlerts } from '../../rules/rule.ts';

/**
 * Alerts on one object store.
 *
 * @param namespace of the object store
 */
export function objectStoreAlerts(namespace: string) {
  const requests = (more = ''): string =>
    `sum by (namespace) (rate(SeaweedFS_s3_request_total{namespace="${namespace}"${more}}[10m]))`;
  return defineAlerts('namespace', {
    ObjectStoreFull: {
      // SeaweedFS ends all writes while less than a hundredth of the disk is free.
      expr: `sum by (namespace) (SeaweedFS_volumeServer_read_only_volumes{namespace="${namespace}", type="isDiskSpaceLow"}) > 0`,
      for: '10m',
      severity: 'warning',
      summary: 'the object store in {{ $labels.namespace }} takes no more: its disk is full',
      impact: 'no backup succeeds',
      runbook: 'object-store',
    },
    ObjectStoreErrors: {
      expr: `${requests(', code=~"5.."')} / ${requests()} > 0.05`,
      for: '15m',
      severity: 'warning',
      summary: 'the object store in {{ $labels.namespace }} fails {{ $value | humanizePercentage }} of its requests',
      impact: 'backups and restores fail',
      runbook: 'object-store',
    },
  });
}
