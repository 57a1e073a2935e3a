import { z } from 'zod';
import { dnsLabel, mountPath, objectName, relativePath } from '../../lib/kubernetes-names.ts';
import { envSource, variableName, volumeSources } from '../../lib/kubernetes-settings.ts';

// Fields of the controller's pods in the form of Pulumi's types.

/** Pulumi's list of environment variables; the shared setting `env` is a map. */
export const extraEnv = z.array(
  z
    .strictObject({ name: variableName, value: z.string().optional(), valueFrom: envSource.optional() })
    .refine(
      (one) => (one.value === undefined) !== (one.valueFrom === undefined),
      'must have either value or valueFrom',
    ),
);

/** The resolver of the pods reads no more. */
const MAX_SERVERS = 3;
const MAX_SEARCHES = 32;

/** DNS configuration of a pod, in addition to its `dnsPolicy`. */
export const dnsConfig = z.strictObject({
  nameservers: z
    .array(z.union([z.ipv4(), z.ipv6()], 'must be an IP address, such as 192.0.2.53'))
    .max(MAX_SERVERS, `must be at most ${MAX_SERVERS}`)
    .optional(),
  options: z
    .array(z.strictObject({ name: z.string().min(1, 'must be the name of an option'), value: z.string().optional() }))
    .optional(),
  searches: z.array(objectName).max(MAX_SEARCHES, `must be at most ${MAX_SEARCHES}`).optional(),
});

/** Mounts of the controller's volumes, read-only. */
export const volumeMounts = z.array(
  z.strictObject({
    name: dnsLabel,
    mountPath,
    subPath: relativePath.optional(),
    readOnly: z.literal(true).optional(),
  }),
);

/** Volumes of the controller. */
export const volumes = z.array(
  z
    .strictObject({ name: dnsLabel, ...volumeSources })
    .refine((one) => Object.keys(volumeSources).filter((source) => source in one).length === 1, {
      error: `must have exactly one of ${Object.keys(volumeSources).join(', ')}`,
      when: ({ issues }) => issues.length === 0,
    }),
);
