import { alertTable } from '../../../test/rules/alert-table.ts';
import { RELOADER_ALERTS } from './alerts.ts';

const TARGET = 'job="reloader/reloader",namespace="reloader"';
const reloads = (success: string, values: string) => ({
  [`reloader_reload_executed_total{${TARGET},success="${success}"}`]: values,
});

alertTable(RELOADER_ALERTS, {
  ReloadFailed: {
    fires: { series: reloads('false', '0x10 1x80'), at: 20 },
    quiet: [
      { series: { ...reloads('true', '0+1x90'), ...reloads('false', '0x90') }, at: 20 },
      { series: reloads('false', '0x10 1x80'), at: 80 },
    ],
  },
  ReloaderDown: {
    fires: { series: { [`up{${TARGET}}`]: '1x5 0x60' }, at: 45 },
    quiet: { series: { [`up{${TARGET}}`]: '1x5 0x10 1x60' }, at: 45 },
  },
});
