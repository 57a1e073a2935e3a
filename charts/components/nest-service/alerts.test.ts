import { alertTable } from '../../../test/rules/alert-table.ts';
import { serviceAlerts } from './alerts.ts';

const POD = 'namespace="items", pod="items-1"';
const OTHER = 'namespace="other", pod="other-1"';

const lag = (seconds: number, labels = POD) => ({
  [`nodejs_eventloop_lag_p99_seconds{${labels}}`]: `${seconds}x60`,
});

const pool = (inUse: number) => ({
  [`mongodb_pool_connections{${POD}, server="mongo-0:27017", state="in_use"}`]: `${inUse}x60`,
  [`mongodb_pool_connections{${POD}, server="mongo-0:27017", state="idle"}`]: '20x60',
  [`mongodb_pool_max{${POD}}`]: '20x60',
});

alertTable(serviceAlerts('items'), {
  ServiceEventLoopBlocked: {
    fires: { series: lag(0.5), at: 30, labels: { namespace: 'items', pod: 'items-1' } },
    quiet: { series: { ...lag(0.1), ...lag(1, OTHER) }, at: 30 },
  },
  ServicePoolExhausted: {
    fires: { series: pool(19), at: 30, labels: { pod: 'items-1' } },
    quiet: { series: pool(15), at: 30 },
  },
  ServiceLogLinesDropped: {
    fires: { series: { [`log_lines_dropped_total{${POD}}`]: '0+10x60' }, at: 30, labels: { pod: 'items-1' } },
    quiet: { series: { [`log_lines_dropped_total{${POD}}`]: '10x60' }, at: 30 },
  },
});
