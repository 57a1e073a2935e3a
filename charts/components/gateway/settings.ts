import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';

/** What a cluster says about its gateway. */
export const gatewaySettings = z.strictObject({
  /** Pods of the proxy: a count, or the bounds of an autoscaler. @default 2 */
  replicas: replicasSetting.default(2),
  /**
   * CIDRs of proxies in front of the gateway, such as a content delivery network, whose X-Forwarded-* headers are
   * believed; nobody else's are. @default []
   */
  trustedForwarders: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
});
