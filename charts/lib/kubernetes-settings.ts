import { z } from 'zod';
import { annotations, dataKey, labelMap, objectName, relativePath } from './kubernetes-names.ts';
import { bytesOf, cpuSetting, cpusOf, quantitySetting } from './quantity.ts';

// Schemas of Kubernetes types, as strict as the API server (pkg/apis/core/validation of Kubernetes v1.36.1), but they
// fail before the render. The lab compares them with a real one.

/** Labels except those set by Slipway, which are part of immutable selectors. */
export const labels = labelMap.refine(
  (given) => !Object.keys(given).some((key) => key.startsWith('app.kubernetes.io/')),
  { error: 'labels of app.kubernetes.io/ are reserved, because selectors use them: choose another prefix' },
);

/** Annotations of an object that Argo CD syncs; those that it reads follow from the derived order. */
export const objectAnnotations = annotations.refine(
  (given) => !Object.keys(given).some((key) => key.startsWith('argocd.argoproj.io/')),
  { error: 'annotations of argocd.argoproj.io/ are derived with the order of syncing: use an override to add to them' },
);

const amounts = z.strictObject({ cpu: cpuSetting.optional(), memory: quantitySetting.optional() });

/** Requests and limits of a container, each one optional. */
export const resources = z
  .strictObject({ requests: amounts.optional(), limits: amounts.optional() })
  .superRefine(({ requests = {}, limits = {} }, context) => {
    const within = (what: 'cpu' | 'memory', amount: (text: string) => number): void => {
      const [request, limit] = [requests[what], limits[what]];
      if (request === undefined || limit === undefined || amount(request) <= amount(limit)) return;
      const message = `must not exceed limits.${what}, ${limit}`;
      context.addIssue({ code: 'custom', path: ['requests', what], message });
    };
    within('cpu', cpusOf);
    within('memory', bytesOf);
  });

/** The API server stores 32 bits. */
const INT32 = 2 ** 31 - 1;
const positive = z.int().min(1).max(INT32).optional();

/** Timing of any probe; its endpoint is fixed. */
const timing = {
  initialDelaySeconds: z.int().min(0).max(INT32).optional(),
  periodSeconds: positive,
  timeoutSeconds: positive,
  failureThreshold: positive,
};

/** Timing of the readiness probe. */
export const readinessTiming = z.strictObject({ ...timing, successThreshold: positive });

/** Timing of the startup or liveness probe, of which one success must do. */
export const probeTiming = z.strictObject({
  ...timing,
  successThreshold: z
    .literal(1, 'must be 1, or left out: only a readiness probe can ask for several successes')
    .optional(),
});

const key = z.strictObject({ name: objectName, key: dataKey });

/** Fields of its pod that a variable can have. */
const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

const fieldPath = z
  .string()
  .refine(
    (path) => FIELDS.includes(path) || isEntry(path),
    `must be one of ${FIELDS.join(', ')}, metadata.labels['KEY'] or metadata.annotations['KEY']`,
  );

/** True for one label or annotation. */
function isEntry(path: string): boolean {
  const [, label] = /^metadata\.(?:labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  return label !== undefined && labelMap.safeParse({ [label]: '' }).success;
}

/** Source of an environment variable: a key of an object, a field of the pod, or an entry of the secret store. */
export const envSource = z
  .strictObject({
    secretKeyRef: key.optional(),
    configMapKeyRef: key.optional(),
    fieldRef: z.strictObject({ fieldPath }).optional(),
    /** An entry of the secret store that the cluster declares in `secrets`. */
    storeKeyRef: key.optional(),
  })
  .refine((one) => Object.keys(one).length === 1, {
    error: 'must have exactly one of secretKeyRef, configMapKeyRef, fieldRef and storeKeyRef',
    when: ({ issues }) => issues.length === 0,
  });

/** Name of an environment variable; a shell cannot read others that the API server accepts. */
export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of letters, digits and _');

const items = z
  .array(z.strictObject({ key: dataKey, path: relativePath }))
  .refine((list) => new Set(list.map(({ path }) => path)).size === list.length, 'must use each path once');

/** Sources of read-only volumes; there are no writable ones, whose data would be lost with the pod. */
export const volumeSources = {
  configMap: z.strictObject({ name: objectName, items: items.optional() }).optional(),
  secret: z.strictObject({ secretName: objectName, items: items.optional() }).optional(),
  csi: z
    .strictObject({
      driver: objectName.max(63, 'must have at most 63 characters'),
      readOnly: z.literal(true),
      volumeAttributes: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  /** An entry of the secret store that the cluster declares in `secrets`. */
  store: z.strictObject({ name: z.string(), items: items.min(1) }).optional(),
};
