import { alertTable } from '../../../test/rules/alert-table.ts';
import { mongoAlerts } from './alerts.ts';

const MEMBER = 'mongo-1.mongo.mongo.svc.cluster.local:27017';

/** How one member sees another: its state, and its last write in milliseconds. */
const member = (state: string, number: number, optime = '0+60000x60', seenBy = 'mongo-0', host = MEMBER) => {
  const labels = `namespace="mongo", pod="${seenBy}", member_idx="${host}", member_state="${state}"`;
  return {
    [`mongodb_rs_members_state{${labels}}`]: `${number}x60`,
    [`mongodb_rs_members_optimeDate{${labels}}`]: optime,
  };
};
const PRIMARY = member('PRIMARY', 1, '200000+60000x60', 'mongo-0', 'mongo-0');

const myState = (namespace: string, state: number) => ({
  [`mongodb_rs_myState{namespace="${namespace}", pod="${namespace}-0", rs_state="${state}"}`]: `${state}x60`,
});

/** An oplog of 1 GB. */
const oplog = (written: number) => ({
  'mongodb_oplog_stats_maxSize{namespace="mongo", pod="mongo-0"}': '1000000000x150',
  'mongodb_oplog_stats_wt_cursor_insert_key_and_value_bytes{namespace="mongo", pod="mongo-0"}': `0+${written}x150`,
});

const connections = (current: number) => ({
  'mongodb_ss_connections{namespace="mongo", pod="mongo-0", conn_type="current"}': `${current}x60`,
  'mongodb_ss_connections{namespace="mongo", pod="mongo-0", conn_type="available"}': `${1000 - current}x60`,
  'mongodb_ss_connections{namespace="mongo", pod="mongo-0", conn_type="active"}': '1x60',
});

alertTable(mongoAlerts('mongo'), {
  MongoNoPrimary: {
    fires: [
      { series: { ...myState('mongo', 2), ...myState('mongo-analytics', 1) }, at: 5, labels: { namespace: 'mongo' } },
      { series: {}, at: 5, labels: { namespace: 'mongo' } },
    ],
    quiet: { series: myState('mongo', 1), at: 5 },
  },
  MongoMemberDown: {
    fires: [
      { series: member('(not reachable/healthy)', 8), at: 20, labels: { namespace: 'mongo', member_idx: MEMBER } },
      { series: member('STARTUP', 0), at: 20, labels: { member_idx: MEMBER } },
    ],
    quiet: [
      { series: member('SECONDARY', 2), at: 20 },
      { series: { ...member('(not reachable/healthy)', 8), ...member('SECONDARY', 2, '0x60', 'mongo-2') }, at: 20 },
    ],
  },
  MongoReplicationLag: {
    fires: { series: { ...PRIMARY, ...member('SECONDARY', 2) }, at: 30, labels: { member_idx: MEMBER } },
    quiet: [
      { series: { ...PRIMARY, ...member('SECONDARY', 2, '190000+60000x60') }, at: 30 },
      {
        series: {
          ...PRIMARY,
          ...member('SECONDARY', 2),
          ...member('SECONDARY', 2, '195000+60000x60', 'mongo-2'),
        },
        at: 30,
      },
    ],
  },
  MongoOplogShort: {
    fires: { series: oplog(1_000_000), at: 140, labels: { namespace: 'mongo' } },
    quiet: [
      { series: oplog(600_000), at: 140 },
      { series: oplog(0), at: 140 },
    ],
  },
  MongoConnectionsHigh: {
    fires: { series: connections(900), at: 20, labels: { namespace: 'mongo', pod: 'mongo-0' } },
    quiet: { series: connections(700), at: 20 },
  },
  MongoUnreachable: {
    fires: {
      series: { 'mongodb_up{namespace="mongo", pod="mongo-0", cluster_role=""}': '0x60' },
      at: 30,
      labels: { pod: 'mongo-0' },
    },
    quiet: {
      series: {
        'mongodb_up{namespace="mongo", pod="mongo-0", cluster_role="mongod"}': '1x60',
        'mongodb_up{namespace="mongo-analytics", pod="mongo-analytics-0", cluster_role=""}': '0x60',
      },
      at: 30,
    },
  },
});
