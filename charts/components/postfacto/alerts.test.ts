import { alertTable } from '../../../test/rules/alert-table.ts';
import { postfactoAlerts } from './alerts.ts';

const OWN = 'namespace="postfacto", pod="postfacto-postgres-0"';
const OTHER = 'namespace="postfacto-sales", pod="postfacto-sales-postgres-0"';
const NAMESPACE = { namespace: 'postfacto' };

const backends = (app: number, other = 0) => ({
  [`pg_stat_database_numbackends{${OWN}, datid="1", datname="postfacto"}`]: `${app}x60`,
  [`pg_stat_database_numbackends{${OWN}, datid="2", datname="postgres"}`]: '10x60',
  [`pg_stat_database_numbackends{${OTHER}, datid="1", datname="postfacto"}`]: `${other}x60`,
  [`pg_settings_max_connections{${OWN}}`]: '100x60',
});

const deadlocks = (each: string) => ({
  [`pg_stat_database_deadlocks{${OWN}, datid="1", datname="postfacto"}`]: each,
});

const memory = (used: number, max: number) => ({
  [`redis_memory_used_bytes{${OWN}}`]: `${used}x60`,
  [`redis_memory_max_bytes{${OWN}}`]: `${max}x60`,
});

alertTable(postfactoAlerts('postfacto'), {
  PostgresDown: {
    fires: [
      { series: { [`pg_up{${OWN}}`]: '0x60', [`pg_up{${OTHER}}`]: '1x60' }, at: 20, labels: NAMESPACE },
      { series: { [`pg_up{${OTHER}}`]: '1x60' }, at: 20, labels: NAMESPACE },
    ],
    quiet: { series: { [`pg_up{${OWN}}`]: '1x60', [`pg_up{${OTHER}}`]: '0x60' }, at: 20 },
  },
  PostgresConnectionsHigh: {
    fires: { series: backends(75), at: 20, labels: NAMESPACE },
    quiet: { series: backends(60, 90), at: 20 },
  },
  PostgresDeadlocks: {
    fires: { series: deadlocks('0x30 1+1x29'), at: 50, labels: { ...NAMESPACE, datname: 'postfacto' } },
    quiet: { series: deadlocks('0x30 1x30'), at: 50 },
  },
  ValkeyDown: {
    fires: [
      { series: { [`redis_up{${OWN}}`]: '0x60' }, at: 20, labels: NAMESPACE },
      { series: {}, at: 20, labels: NAMESPACE },
    ],
    quiet: { series: { [`redis_up{${OWN}}`]: '1x60' }, at: 20 },
  },
  ValkeyMemoryHigh: {
    fires: { series: memory(90, 100), at: 20, labels: NAMESPACE },
    quiet: [
      { series: memory(70, 100), at: 20 },
      { series: memory(90, 0), at: 20 },
    ],
  },
  ValkeyRejectsConnections: {
    fires: { series: { [`redis_rejected_connections_total{${OWN}}`]: '0x30 1x30' }, at: 35, labels: NAMESPACE },
    quiet: { series: { [`redis_rejected_connections_total{${OWN}}`]: '5x60' }, at: 35 },
  },
});
