import { baseSettings, packageOf, type Service } from '@slipway/common';

/** Identity and settings of whoami; it has no settings of its own. */
export const service: Service = {
  ...packageOf(import.meta.url),
  title: 'Greets clients and returns their address',
  settings: baseSettings,
};
