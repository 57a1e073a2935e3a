import { describe, expect, it } from 'vitest';
import { alertTable } from '../../../test/rules/alert-table.ts';
import { veleroAlerts } from './alerts.ts';
import { longestGap } from './schedule.ts';

const HOUR = 3600;
const TARGET = 'job="velero/velero",namespace="velero"';
const SCHEDULE = `${TARGET},schedule="volumes"`;
const LAST = `velero_backup_last_successful_timestamp{${SCHEDULE}}`;
/** One that somebody has started by hand. */
const BY_HAND = `velero_backup_last_successful_timestamp{${TARGET},schedule=""}`;

const counts = (failure: string, partial = '0x900', validation = '0x900') => ({
  [`velero_backup_failure_total{${SCHEDULE}}`]: failure,
  [`velero_backup_partial_failure_total{${SCHEDULE}}`]: partial,
  [`velero_backup_validation_failure_total{${SCHEDULE}}`]: validation,
});
const location = (values: string) => ({
  [`velero_backup_location_status_gauge{${TARGET},backup_location_name="default"}`]: values,
});

// Every two hours, so that a test has not to evaluate days: a backup is late after three, and two are missing after five.
alertTable(veleroAlerts({ schedule: 'volumes', everySeconds: 2 * HOUR }), {
  BackupOverdue: {
    fires: { series: { [LAST]: '0x300' }, at: 195, labels: { schedule: 'volumes' } },
    quiet: { series: { [LAST]: `0x125 ${2 * HOUR}x200` }, at: 195 },
  },
  BackupsStopped: {
    fires: { series: { [LAST]: '0x400', [BY_HAND]: '0+60x400' }, at: 315, labels: { schedule: 'volumes' } },
    quiet: { series: { [LAST]: '0x400' }, at: 285 },
  },
  NoBackup: {
    fires: { series: { [BY_HAND]: '0+60x400' }, at: 185, labels: { schedule: 'volumes' } },
    quiet: { series: { [LAST]: '_x125 7200x200' }, at: 185 },
  },
  BackupFailed: {
    fires: [
      { series: counts('0x60 1x840'), at: 90 },
      { series: counts('0x900', '0x60 1x840'), at: 90 },
      { series: counts('0x900', '0x900', '0x60 1x840'), at: 90 },
    ],
    quiet: [
      { series: counts('1x900'), at: 90 },
      { series: counts('0x60 1x840'), at: 800 },
    ],
  },
  BackupLocationUnavailable: {
    fires: { series: location('0x60'), at: 35, labels: { backup_location_name: 'default' } },
    quiet: { series: location('0x10 1x50'), at: 35 },
  },
  VeleroDown: {
    fires: { series: {}, at: 35 },
    quiet: { series: { [`up{${TARGET}}`]: '1x60' }, at: 35 },
  },
});

describe('the age of the last backup', () => {
  it.each([
    ['0 2 * * *', 30 * HOUR, 54 * HOUR],
    ['@every 1h', 2 * HOUR, 3 * HOUR],
    ['@weekly', (7 * 24 + 6) * HOUR, (14 * 24 + 6) * HOUR],
  ])('allows for the schedule %s', (schedule, overdue, stopped) => {
    const alerts = veleroAlerts({ schedule: 'volumes', everySeconds: longestGap(schedule) });
    expect(alerts.BackupOverdue.expr).toMatch(new RegExp(`> ${overdue}$`));
    expect(alerts.BackupsStopped.expr).toMatch(new RegExp(`> ${stopped}$`));
  });
});
