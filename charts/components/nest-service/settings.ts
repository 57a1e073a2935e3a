import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';

/** Name of a service: of its component, its namespace and its pin, so a DNS label. */
export const serviceName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower-case letters, digits and hyphens, beginning with a letter',
  );

/** What a cluster says about one of the NestJS services. */
export const nestServiceSettings = z.strictObject({
  /** Pods: a count, or the bounds of an autoscaler. @default 2 */
  replicas: replicasSetting.default(2),
  /** Its whole host name. @default the service's name before the cluster's domain */
  host: z.hostname().optional(),
  /** The database server that it has a user and a database of its name on: the section `mongo`. @default none */
  database: z.enum(['mongo']).optional(),
});
