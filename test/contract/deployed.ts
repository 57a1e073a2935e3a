import { z } from 'zod';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';

const probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.union([z.string(), z.int()]) }),
  periodSeconds: z.int().default(10),
  timeoutSeconds: z.int().default(1),
  failureThreshold: z.int().default(3),
});

/** Schema of a service's container, with the defaults of Kubernetes. */
const containerSchema = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(
    z.object({
      name: z.string(),
      value: z.string().optional(),
      valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
    }),
  ),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })),
  resources: z.object({ limits: z.object({ memory: z.string() }) }),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  securityContext: z.record(z.string(), z.unknown()),
  volumeMounts: z.array(z.object({ mountPath: z.string(), readOnly: z.boolean().default(false) })),
});

const podSchema = z.object({
  securityContext: z.object({ runAsUser: z.int(), runAsGroup: z.int() }),
  terminationGracePeriodSeconds: z.int(),
});

type Container = z.output<typeof containerSchema>;

/** A variable's value, or the key of a Secret that holds it. */
export type Value = string | { readonly secret: string; readonly key: string };

/** A service's Deployment, as rendered for one cluster. */
export interface Deployed {
  readonly cluster: string;
  readonly service: string;
  readonly container: Container;
  /** User and group in the form of a Dockerfile: `65532:65532`. */
  readonly user: string;
  readonly env: Readonly<Record<string, Value>>;
  /** By name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Seconds from the first signal until the process is killed. */
  readonly graceSeconds: number;
}

/**
 * Finds the Deployment of a service.
 *
 * @returns undefined if the cluster does not run the service
 * @throws Error if it has more than one container, or does not match the schema
 */
export function deployedOf(cluster: ClusterObjects, service: string): Deployed | undefined {
  const where = `${service} in ${cluster.name}`;
  const pods = workloadPods(cluster).find(
    ({ workload }) =>
      workload.kind === 'Deployment' && workload.metadata.namespace === service && workload.metadata.name === service,
  );
  if (!pods) return undefined;
  const [only, ...others] = containersOf(pods);
  if (!only || others.length > 0) throw new Error(`${where} has ${others.length + (only ? 1 : 0)} containers, not one`);
  const container = containerSchema.parse(only.container);
  const pod = podSchema.parse(pods.spec);
  return {
    cluster: cluster.name,
    service,
    container,
    user: `${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`,
    env: Object.fromEntries(container.env.map((variable) => [variable.name, valueOf(variable, where)])),
    ports: Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort])),
    graceSeconds: pod.terminationGracePeriodSeconds,
  };
}

/** Every Deployment of the services in the clusters. */
export function deployedIn(fleet: readonly ClusterObjects[], services: readonly string[]): Deployed[] {
  return fleet.flatMap((cluster) => services.flatMap((service) => deployedOf(cluster, service) ?? []));
}

function valueOf(variable: Container['env'][number], where: string): Value {
  if (variable.value !== undefined) return variable.value;
  if (variable.valueFrom)
    return { secret: variable.valueFrom.secretKeyRef.name, key: variable.valueFrom.secretKeyRef.key };
  throw new Error(`${where}: ${variable.name} has neither a value nor a reference to a Secret`);
}
