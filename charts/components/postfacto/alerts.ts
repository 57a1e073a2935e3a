import { defineAlerts } from '../../rules/rule.ts';

/** Alerts on the PostgreSQL and the broker of one Postfacto. @param namespace of Postfacto */
export function postfactoAlerts(namespace: string) {
  return { ...postgresAlerts(namespace), ...valkeyAlerts(namespace) };
}

/** Label of the series of one Postfacto. @param namespace of it */
const of = (namespace: string): string => `namespace="${namespace}"`;

/** PromQL: a server is down, as its exporter says, or the exporter with it. */
const down = (up: string, own: string): string =>
  `max by (namespace) (${up}{${own}}) == 0 or max by (namespace) (absent(${up}{${own}}))`;

/** Without replication there is nothing to tell of it. */
function postgresAlerts(namespace: string) {
  const own = of(namespace);
  return defineAlerts('namespace', {
    PostgresDown: {
      expr: down('pg_up', own),
      for: '10m',
      severity: 'critical',
      summary: 'PostgreSQL in {{ $labels.namespace }} does not answer',
      impact: 'Postfacto serves nothing',
      runbook: 'postgres-and-valkey',
    },
    PostgresConnectionsHigh: {
      expr: `sum by (namespace) (pg_stat_database_numbackends{${own}}) / max by (namespace) (pg_settings_max_connections{${own}}) > 0.8`,
      for: '10m',
      severity: 'warning',
      summary: 'PostgreSQL in {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of its connections',
      impact: 'beyond that, pods of the application are refused, and dumps fail',
      runbook: 'postgres-and-valkey',
    },
    PostgresDeadlocks: {
      expr: `sum by (namespace, datname) (increase(pg_stat_database_deadlocks{${own}}[1h])) > 5`,
      severity: 'warning',
      summary: 'PostgreSQL in {{ $labels.namespace }} has broken {{ $value | humanize }} deadlocks within the hour',
      impact: 'the requests that it chose to fail did fail',
      runbook: 'postgres-and-valkey',
    },
  });
}

/** Alerts on the broker alone. Without persistence there is nothing to tell of it. @param namespace of Postfacto */
export function valkeyAlerts(namespace: string) {
  const own = of(namespace);
  return defineAlerts('namespace', {
    ValkeyDown: {
      expr: down('redis_up', own),
      for: '10m',
      severity: 'warning',
      summary: 'Valkey in {{ $labels.namespace }} does not answer',
      impact: 'retrospectives no longer show what others write until they are loaded again',
      runbook: 'postgres-and-valkey',
    },
    ValkeyMemoryHigh: {
      expr: `max by (namespace) (redis_memory_used_bytes{${own}} / (redis_memory_max_bytes{${own}} > 0)) > 0.8`,
      for: '10m',
      severity: 'warning',
      summary: 'Valkey in {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of its memory',
      impact: 'at the limit it refuses what clients write, since it drops nothing',
      runbook: 'postgres-and-valkey',
    },
    ValkeyRejectsConnections: {
      expr: `sum by (namespace) (increase(redis_rejected_connections_total{${own}}[15m])) > 0`,
      severity: 'warning',
      summary: 'Valkey in {{ $labels.namespace }} refuses connections: it has as many as it may',
      impact: 'some pods of the application get no messages',
      runbook: 'postgres-and-valkey',
    },
  });
}
