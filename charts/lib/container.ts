import { k8s } from 'cdk8s-plus-28';

/** What a container may use. CPU in cores or millicores, memory in bytes with a suffix, as Kubernetes writes them. */
export interface Resources {
  /** CPU that is set aside for it. */
  readonly cpu: string;
  /** CPU it may use at most, in bursts. */
  readonly cpuLimit: string;
  /** Memory that is set aside and the most it may use: one value, so that a node's memory is never promised twice. */
  readonly memory: string;
  /** Memory that is set aside where that is to be less than the most it may use. @default memory */
  readonly memoryRequest?: string;
}

/** Where a container's file system may be written, or read from elsewhere. */
export interface Mount {
  readonly volume: string;
  readonly subPath?: string;
  /** @default true */
  readonly readOnly?: boolean;
}

/** A container, hardened unless `securityContext` says otherwise. */
export interface ContainerProps {
  readonly name: string;
  /** With a tag and, when known, a digest; comes from the cluster's pins. */
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** A string is the value itself. */
  readonly env?: Readonly<Record<string, string | k8s.EnvVarSource>>;
  /** Port number by name. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly resources: Resources;
  /** Gives a slow start the time it needs before `liveness` counts. */
  readonly startup?: k8s.Probe;
  /** Fails only if a restart would help. */
  readonly liveness?: k8s.Probe;
  /** Fails while no request should come here. */
  readonly readiness?: k8s.Probe;
  readonly lifecycle?: k8s.Lifecycle;
  /** Mounts by path. */
  readonly mounts?: Readonly<Record<string, Mount>>;
  /** Departs from the hardened default; the caller says why. */
  readonly securityContext?: k8s.SecurityContext;
}

/** Pod Security `restricted` and a read-only root file system. */
const HARDENED: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** Disk that a container may fill with its logs, in bytes; its root file system it cannot write to. */
export const LOGS = 256 * 2 ** 20;

/**
 * Builds a container.
 *
 * @param disk the most that it and the volumes it fills may take of the node's disk, in bytes
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
      Object.entries(mounts).map(([mountPath, { volume, subPath, readOnly = true }]) => ({
        name: volume,
        mountPath,
        subPath,
        readOnly: readOnly || undefined,
      })),
    ),
  };
}

/** The value of a Secret's key, as an environment variable. */
export function fromSecret(name: string, key: string): k8s.EnvVarSource {
  return { secretKeyRef: { name, key } };
}

/** The value of a field of the pod itself, as an environment variable. */
export function fromField(fieldPath: string): k8s.EnvVarSource {
  return { fieldRef: { fieldPath } };
}

/** A probe by HTTP GET on a named port. */
export function httpProbe(path: string, port: string, timing: Omit<k8s.Probe, 'httpGet' | 'exec'> = {}): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) }, ...timing };
}

/** A probe by a command in the container. */
export function execProbe(command: readonly string[], timing: Omit<k8s.Probe, 'httpGet' | 'exec'> = {}): k8s.Probe {
  return { exec: { command: command.slice() }, ...timing };
}

/** A volume that lives as long as its pod; `size` is the most it may hold. */
export function scratch(name: string, size: string, medium?: 'Memory'): k8s.Volume {
  return { name, emptyDir: { medium, sizeLimit: k8s.Quantity.fromString(size) } };
}

function resources(
  { cpu, cpuLimit, memory, memoryRequest = memory }: Resources,
  disk: number,
): k8s.ResourceRequirements {
  const quantity = (text: string): k8s.Quantity => k8s.Quantity.fromString(text);
  return {
    // Little disk is in use most of the time: what is set aside is a share of the limit.
    requests: { cpu: quantity(cpu), memory: quantity(memoryRequest), 'ephemeral-storage': mebibytes(disk / 8) },
    limits: { cpu: quantity(cpuLimit), memory: quantity(memory), 'ephemeral-storage': mebibytes(disk) },
  };
}

function mebibytes(bytes: number): k8s.Quantity {
  return k8s.Quantity.fromString(`${Math.ceil(bytes / 2 ** 20)}Mi`);
}

/** Absent instead of empty: an empty list in dist is a line that says nothing. */
function optional<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
