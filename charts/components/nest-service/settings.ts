import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { hostName } from '../../lib/host.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Settings of a service, in the section `services`. */
export const nestServiceSettings = z.strictObject({
  /** Pods: a count, or the bounds of an autoscaler. @default 2 */
  replicas: replicasSetting.default(2),
  /** Host name. @default `<name>.<domain>` */
  host: hostName.optional(),
  /**
   * Replica set with a user and a database of the service's name: an instance of the section `mongo`, which is `mongo`
   * if the section has the settings of one. @default none
   */
  database: z.string().optional(),
  ...workloadSettings(),
});
