import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { hostName } from '../../lib/host.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';
import { sloSetting } from './objective.ts';

/** Settings of a service, in the section `services`. */
export const nestServiceSettings = z.strictObject({
  /**
   * Pods: a count, or the bounds of an autoscaler. It adds pods above 70 % of the CPU request on average: with the default
   * of 250m that is 175m, or 70 requests a second of the costliest measured route, in each pod; a pod may use 1 CPU while
   * others start. A service with cheaper or dearer requests sets `resources.requests.cpu`. @default 2
   */
  replicas: replicasSetting.default(2),
  /** Host name. @default `<name>.<domain>` */
  host: hostName.optional(),
  /**
   * Replica set with a user and a database of the service's name: an instance of the section `mongo`, which is `mongo`
   * if the section has the settings of one. @default none
   */
  database: z.string().optional(),
  /**
   * How well it has to answer, over thirty days, which needs the section `prometheus`: alerts tell when it answers so badly that
   * the month's share of failures is soon used up; `false` for a service that nobody waits for.
   * @default { availability: 99.5 }
   */
  slo: z.union([z.literal(false), sloSetting]).optional(),
  ...workloadSettings(),
});
