import { defineAlerts } from '../../rules/rule.ts';

/**
 * Alerts on what makes one service slow before its objective tells.
 *
 * @param namespace of the service
 */
export function serviceAlerts(namespace: string) {
  const own = `namespace="${namespace}"`;
  return defineAlerts('namespace', {
    ServiceEventLoopBlocked: {
      expr: `max by (namespace, pod) (nodejs_eventloop_lag_p99_seconds{${own}}) > 0.25`,
      for: '15m',
      severity: 'warning',
      summary: 'requests to pod {{ $labels.pod }} wait {{ $value | humanizeDuration }} for a turn',
      impact: 'all of its answers are late by that: something computes for long, or it gets too little CPU',
      runbook: 'error-budget-burns',
    },
    ServicePoolExhausted: {
      expr: `max by (namespace, pod) (mongodb_pool_connections{${own}, state="in_use"})
/
max by (namespace, pod) (mongodb_pool_max{${own}})
> 0.9`,
      for: '10m',
      severity: 'warning',
      summary: 'pod {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its connections to MongoDB',
      impact: 'requests wait for a connection, and fail if they wait for long',
      runbook: 'error-budget-burns',
    },
    ServiceLogLinesDropped: {
      expr: `sum by (namespace, pod) (increase(log_lines_dropped_total{${own}}[15m])) > 0`,
      for: '5m',
      severity: 'warning',
      summary: 'pod {{ $labels.pod }} dropped {{ $value | humanize }} lines of its log in 15 minutes',
      impact: 'its log has gaps: whatever reads the standard output of its node is stalled or too slow',
      runbook: 'error-budget-burns',
    },
  });
}
