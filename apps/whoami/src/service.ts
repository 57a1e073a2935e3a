import { baseSettings, packageOf, type Service } from '@slipway/common';

/** What whoami is; it needs no settings of its own. */
export const service: Service = {
  ...packageOf(import.meta.url),
  title: 'Greets, and tells callers their address',
  settings: baseSettings,
};
