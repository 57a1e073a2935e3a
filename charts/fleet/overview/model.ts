import { z } from 'zod';
import { flowSchema } from '../flow.ts';

const count = z.int().nonnegative();

const requestsSchema = z
  .strictObject({
    pods: count,
    cpuMillicores: count.meta({ description: 'requested CPU, in thousandths of a core' }),
    memoryBytes: count.meta({ description: 'requested memory' }),
    memoryLimitBytes: count.meta({ description: 'the most memory, of the pods that have a limit' }),
    podsWithoutMemoryLimit: count.meta({ description: 'pods with a container that has no limit of memory' }),
  })
  .meta({ description: 'what pods ask the scheduler for, and may take at most' });

const podsSchema = {
  running: requestsSchema.meta({ description: 'pods that always run; of an autoscaled workload its minimum' }),
  perNode: requestsSchema.meta({
    description: 'pods of DaemonSets on one node: how many nodes there are is not in Git',
  }),
  jobs: requestsSchema.meta({ description: 'pods of Jobs and CronJobs while they run, all at once' }),
};

const volumesSchema = z
  .array(
    z.strictObject({
      storageClass: z.string().meta({ description: "empty for the cluster's default" }),
      volumes: count,
      bytes: count,
    }),
  )
  .meta({ description: 'persistent volumes, by StorageClass; of a set without rendered claims by its templates' });

const imageSchema = z.strictObject({
  name: z.string().meta({ description: 'with its registry: docker.io/library/mongo' }),
  tag: z.string().optional(),
  digest: z.string().optional(),
});

const placed = {
  application: z.string().meta({ description: 'the Application that syncs the object' }),
  object: z.string().meta({ description: 'HTTPRoute grafana/grafana' }),
};

const componentSchema = z
  .strictObject({
    name: z.string().meta({ description: 'the Application' }),
    image: z.string().meta({ description: 'the name of its main image, if it has one' }).optional(),
    images: z.array(imageSchema).meta({ description: 'every image of its pods' }),
    upstream: z
      .array(z.strictObject({ repository: z.string(), revision: z.string(), version: z.string() }))
      .meta({ description: 'repositories of others that it is synced from' }),
    ...podsSchema,
    volumes: volumesSchema,
  })
  .meta({ description: 'a component: what one Application syncs' });

const clusterSchema = z.strictObject({
  name: z.string(),
  components: z.array(componentSchema),
  hosts: z.array(z.strictObject({ host: z.string(), ...placed })).meta({ description: 'hosts that routes serve' }),
  certificates: z.array(z.strictObject({ dnsNames: z.array(z.string()), issuer: z.string(), ...placed })),
  schedules: z
    .array(
      z.strictObject({
        cron: z.string(),
        timeZone: z.string().optional(),
        ttl: z.string().meta({ description: 'how long a backup is kept, as a Go duration: 720h0m0s' }).optional(),
        suspended: z.boolean(),
        ...placed,
      }),
    )
    .meta({ description: 'backups and CronJobs' }),
  totals: z.strictObject({ ...podsSchema, volumes: volumesSchema }).meta({ description: 'the sums of its components' }),
});

export const fleetSchema = z
  .strictObject({
    version: z.literal(1),
    clusters: z.array(clusterSchema).meta({ description: 'as they are in dist' }),
    flow: flowSchema.optional(),
    base: z
      .strictObject({ commit: z.string(), clusters: z.array(clusterSchema) })
      .meta({ description: 'as they were, with --base; a cluster that one side lacks is empty there' })
      .optional(),
  })
  .meta({ title: 'slipway fleet --json', description: 'what the clusters run, ask for and serve' });

/** What pods ask for. */
export type Requests = z.infer<typeof requestsSchema>;
/** Persistent volumes of a StorageClass. */
export type Volumes = z.infer<typeof volumesSchema>[number];
/** A version of an image. */
export type ImageVersion = z.infer<typeof imageSchema>;
/** What one Application syncs. */
export type ComponentOverview = z.infer<typeof componentSchema>;
/** What one cluster has. */
export type ClusterOverview = z.infer<typeof clusterSchema>;
/** What all clusters have. */
export type FleetOverview = z.infer<typeof fleetSchema>;

/** What a component or a cluster takes up. */
export type Footprint = ClusterOverview['totals'];
