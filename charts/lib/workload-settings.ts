import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { annotations, dnsLabel, labelMap, mountPath, objectName, relativePath } from './kubernetes-names.ts';
import {
  envSource,
  labels,
  objectAnnotations,
  probeTiming,
  readinessTiming,
  resources,
  variableName,
  volumeSources,
} from './kubernetes-settings.ts';
import { affinity, toleration } from './placement-settings.ts';

// What a cluster file can change of every workload. A setting adds to what the component sets, or replaces a default;
// what the component depends on cannot be replaced here, only by an override.

const volume = z
  .strictObject({
    name: dnsLabel,
    ...volumeSources,
    /** Path of the mount, which is read-only. */
    mountPath,
    /** Path within the volume. @default its root */
    subPath: relativePath.optional(),
  })
  .refine((one) => Object.keys(volumeSources).filter((source) => source in one).length === 1, {
    error: `must have exactly one of ${Object.keys(volumeSources).join(', ')}`,
    when: ({ issues }) => issues.length === 0,
  });

const containerFields = {
  /** Requests and limits; a limit of memory that is set alone is its request too. @default the component's */
  resources: resources.optional(),
  /** Additional environment variables by name: a value, or where it is read. @default none */
  env: z.record(variableName, z.union([z.string(), envSource])).optional(),
  /** Timings of the probes that the component defines. @default the component's */
  probes: z
    .strictObject({
      startup: probeTiming.optional(),
      liveness: probeTiming.optional(),
      readiness: readinessTiming.optional(),
    })
    .optional(),
  /** Additional volumes and their mounts, read-only. @default none */
  volumes: z
    .array(volume)
    .superRefine((list, context) => {
      for (const [i, one] of list.entries())
        for (const earlier of list.slice(0, i)) {
          const report = (field: string, message: string): void =>
            context.addIssue({ code: 'custom', path: [i, field], message });
          if (earlier.mountPath === one.mountPath)
            report('mountPath', 'must be used once: something else is mounted there');
          if (earlier.name === one.name && !isDeepStrictEqual(sourceOf(earlier), sourceOf(one)))
            report('name', 'must be another one: a volume of this name has another source');
        }
    })
    .optional(),
};

const podFields = {
  /** Labels of the workload itself, in addition to the component's. @default none */
  labels: labels.optional(),
  /** Annotations of the workload itself. @default none */
  annotations: objectAnnotations.optional(),
  /** Labels of its pods. @default none */
  podLabels: labels.optional(),
  /** Annotations of its pods. @default none */
  podAnnotations: annotations.optional(),
  /** Labels of the nodes that may run its pods. @default any node */
  nodeSelector: labelMap.optional(),
  /** Tolerations of taints. @default none */
  tolerations: z.array(toleration).optional(),
  /** Affinity, in addition to the spread over zones and nodes. @default none */
  affinity: affinity.optional(),
  /** Name of a PriorityClass. @default the component's */
  priorityClassName: objectName.optional(),
  /** Entry of the secret store with the credentials of a private registry; see `secrets`. @default none */
  imagePullSecret: z.string().optional(),
};

const containerSettings = z.strictObject(containerFields);
const optionalContainer = containerSettings.optional();

/**
 * Fields of a workload's settings, for the schema of a section: those of its pods and of its main container, and
 * `containers` with those of the others.
 *
 * @param others names of its init containers and sidecars
 */
export function workloadSettings<const Name extends string = never>(...others: readonly Name[]) {
  const shape = Object.fromEntries(others.map((name) => [name, optionalContainer]));
  return {
    ...podFields,
    ...containerFields,
    /** Settings of its init containers and sidecars, by name. @default none */
    containers: z.strictObject(shape as Record<Name, typeof optionalContainer>).optional(),
  };
}

/**
 * Fields of the settings of pods that an operator starts, for the schema of a section. Its sidecars have settings of the
 * operator's own.
 */
export function operatedPodSettings() {
  const { podLabels, podAnnotations, nodeSelector, tolerations, affinity: near, priorityClassName } = podFields;
  return { podLabels, podAnnotations, nodeSelector, tolerations, affinity: near, priorityClassName };
}

/** What a volume is made of, apart from where it is mounted. */
function sourceOf({ configMap, secret, csi, store }: VolumeSetting): Partial<VolumeSetting> {
  return { configMap, secret, csi, store };
}

/** Settings of a container. */
export type ContainerSettings = z.output<typeof containerSettings>;

/** An additional environment variable. */
export type EnvSetting = NonNullable<ContainerSettings['env']>[string];

/** An additional volume and its mount. */
export type VolumeSetting = z.output<typeof volume>;

/** Settings of pods that an operator starts. */
export type OperatedPodSettings = Readonly<z.output<z.ZodObject<ReturnType<typeof operatedPodSettings>>>>;

/** Settings of a workload. */
export type WorkloadSettings = Readonly<z.output<z.ZodObject<typeof podFields>>> &
  ContainerSettings & { readonly containers?: Readonly<Record<string, ContainerSettings | undefined>> };
