import { k8s } from 'cdk8s-plus-28';
import type { Metrics } from './metrics.ts';

/** Requests and limits of a container, as Kubernetes quantities. */
export interface Resources {
  /** CPU request. */
  readonly cpu: string;
  /** CPU limit. */
  readonly cpuLimit: string;
  /** Memory request and limit: one value, so that node memory is not overcommitted. */
  readonly memory: string;
  /** Memory request, if it is to be lower than the limit. @default memory */
  readonly memoryRequest?: string;
}

/** A volume mount. */
export interface Mount {
  readonly volume: string;
  readonly subPath?: string;
  /** @default true */
  readonly readOnly?: boolean;
  /** Whether mounts that the node makes below it later appear. @default none */
  readonly propagation?: 'HostToContainer';
}

/** Options of a container, which is hardened by default. */
export interface ContainerProps {
  readonly name: string;
  /** Image with tag and, if known, digest; comes from the cluster's pins. */
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Variables by name; a string is a literal value. */
  readonly env?: Readonly<Record<string, string | k8s.EnvVarSource>>;
  /** Port number by name. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Where it serves metrics, which the cluster's Prometheus scrapes, if it has one. @default none */
  readonly metrics?: Metrics | readonly Metrics[];
  readonly resources: Resources;
  /** Delays the liveness probe until a slow startup is complete. */
  readonly startup?: k8s.Probe;
  /** Must fail only if a restart would help. */
  readonly liveness?: k8s.Probe;
  /** Must fail while the pod should receive no requests. */
  readonly readiness?: k8s.Probe;
  readonly lifecycle?: k8s.Lifecycle;
  /** Mounts by mount path. */
  readonly mounts?: Readonly<Record<string, Mount>>;
  /** Replaces the hardened default; the caller documents the reason. */
  readonly securityContext?: k8s.SecurityContext;
}

/** Conforms to Pod Security `restricted`, with a read-only root file system. */
const HARDENED: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** Ephemeral storage for the logs of a container, in bytes; its root file system is read-only. */
export const LOGS = 256 * 2 ** 20;

/**
 * Builds a container.
 *
 * @param disk limit of ephemeral storage for its logs and scratch volumes, in bytes
 */
export function container(props: ContainerProps, disk = LOGS): k8s.Container {
  const { name, image, env = {}, ports = {}, mounts = {} } = props;
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: props.command?.slice(),
    args: props.args?.slice(),
    env: optional(
      Object.entries(env).map(([key, value]) =>
        typeof value === 'string' ? { name: key, value } : { name: key, valueFrom: value },
      ),
    ),
    ports: optional(
      Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort, protocol: 'TCP' })),
    ),
    resources: resources(props.resources, disk),
    startupProbe: props.startup,
    livenessProbe: props.liveness,
    readinessProbe: props.readiness,
    lifecycle: props.lifecycle,
    securityContext: props.securityContext ?? HARDENED,
    volumeMounts: optional(
      Object.entries(mounts).map(([mountPath, { volume, subPath, readOnly = true, propagation }]) => ({
        name: volume,
        mountPath,
        subPath,
        readOnly: readOnly || undefined,
        mountPropagation: propagation,
      })),
    ),
  };
}

/** An environment variable from a key of a Secret. */
export function fromSecret(name: string, key: string): k8s.EnvVarSource {
  return { secretKeyRef: { name, key } };
}

/** An environment variable from a field of the pod. */
export function fromField(fieldPath: string): k8s.EnvVarSource {
  return { fieldRef: { fieldPath } };
}

/** A probe by HTTP GET on a named port. */
export function httpProbe(path: string, port: string, timing: Omit<k8s.Probe, 'httpGet' | 'exec'> = {}): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) }, ...timing };
}

/** The same with TLS; the kubelet does not verify the certificate. */
export function httpsProbe(path: string, port: string, timing: Omit<k8s.Probe, 'httpGet' | 'exec'> = {}): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port), scheme: 'HTTPS' }, ...timing };
}

/** A probe by a command in the container. */
export function execProbe(command: readonly string[], timing: Omit<k8s.Probe, 'httpGet' | 'exec'> = {}): k8s.Probe {
  return { exec: { command: command.slice() }, ...timing };
}

/** An emptyDir volume. @param size its size limit */
export function scratch(name: string, size: string, medium?: 'Memory'): k8s.Volume {
  return { name, emptyDir: { medium, sizeLimit: k8s.Quantity.fromString(size) } };
}

function resources(
  { cpu, cpuLimit, memory, memoryRequest = memory }: Resources,
  disk: number,
): k8s.ResourceRequirements {
  const quantity = (text: string): k8s.Quantity => k8s.Quantity.fromString(text);
  return {
    // Most of the limit is rarely used, so the request is an eighth of it.
    requests: { cpu: quantity(cpu), memory: quantity(memoryRequest), 'ephemeral-storage': mebibytes(disk / 8) },
    limits: { cpu: quantity(cpuLimit), memory: quantity(memory), 'ephemeral-storage': mebibytes(disk) },
  };
}

function mebibytes(bytes: number): k8s.Quantity {
  return k8s.Quantity.fromString(`${Math.ceil(bytes / 2 ** 20)}Mi`);
}

/** Omits empty lists from dist. */
function optional<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
