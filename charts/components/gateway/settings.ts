import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Section `gateway`. */
export const gatewaySettings = z.strictObject({
  /** Pods: a fixed count, or the bounds of an autoscaler. @default 2 */
  replicas: replicasSetting.default(2),
  /**
   * CIDRs of proxies in front of the gateway, such as a CDN, whose X-Forwarded-* headers are trusted; from all other
   * clients they are dropped. @default []
   */
  trustedForwarders: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
  ...workloadSettings(),
});
