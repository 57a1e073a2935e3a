import type { Place } from './place.ts';

type Defaults = Readonly<Record<string, unknown>>;

const PROBE: Defaults = { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 };
const MODE = 0o644;

/** What the API server fills in where a pod says nothing (kubernetes, pkg/apis/core/v1/defaults.go). */
const POD: Readonly<Record<string, Defaults>> = {
  spec: {
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    hostIPC: false,
    hostNetwork: false,
    hostPID: false,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    shareProcessNamespace: false,
    terminationGracePeriodSeconds: 30,
  },
  'spec.containers[]': {
    stdin: false,
    stdinOnce: false,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    tty: false,
    resources: {},
  },
  'spec.containers[].env[]': { value: '' },
  'spec.containers[].env[].valueFrom.fieldRef': { apiVersion: 'v1' },
  'spec.containers[].env[].valueFrom.configMapKeyRef': { optional: false },
  'spec.containers[].env[].valueFrom.secretKeyRef': { optional: false },
  'spec.containers[].ports[]': { protocol: 'TCP' },
  'spec.containers[].volumeMounts[]': { readOnly: false },
  'spec.volumes[].configMap': { defaultMode: MODE, optional: false },
  'spec.volumes[].downwardAPI': { defaultMode: MODE },
  'spec.volumes[].hostPath': { type: '' },
  'spec.volumes[].persistentVolumeClaim': { readOnly: false },
  'spec.volumes[].projected': { defaultMode: MODE },
  'spec.volumes[].projected.sources[].serviceAccountToken': { expirationSeconds: 3600 },
  'spec.volumes[].secret': { defaultMode: MODE, optional: false },
  ...Object.fromEntries(
    ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => [
      [`spec.containers[].${probe}`, PROBE],
      [`spec.containers[].${probe}.httpGet`, { path: '/', scheme: 'HTTP' }],
      [`spec.containers[].${probe}.grpc`, { service: '' }],
    ]),
  ),
};

const JOB: Defaults = {
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  manualSelector: false,
  parallelism: 1,
  podReplacementPolicy: 'TerminatingOrFailed',
  suspend: false,
};
const WEBHOOK: Defaults = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};
const RBAC = 'rbac.authorization.k8s.io';
const ROUTE: Readonly<Record<string, Defaults>> = {
  'spec.parentRefs[]': { group: 'gateway.networking.k8s.io', kind: 'Gateway' },
  'spec.rules[].backendRefs[]': { group: '', kind: 'Service', weight: 1 },
};

/** The same of other objects, by kind and place (kubernetes, pkg/apis/…/defaults.go; `default` of definitions). */
const OBJECTS: Readonly<Record<string, Readonly<Record<string, Defaults>>>> = {
  ClusterRoleBinding: { roleRef: { apiGroup: RBAC } },
  CronJob: {
    spec: { concurrencyPolicy: 'Allow', failedJobsHistoryLimit: 1, successfulJobsHistoryLimit: 3, suspend: false },
    'spec.jobTemplate.spec': JOB,
  },
  DaemonSet: {
    spec: { minReadySeconds: 0, revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate' } },
    'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    'spec.updateStrategy.rollingUpdate': { maxSurge: 0, maxUnavailable: 1 },
  },
  Deployment: {
    spec: {
      minReadySeconds: 0,
      paused: false,
      progressDeadlineSeconds: 600,
      replicas: 1,
      revisionHistoryLimit: 10,
      strategy: { type: 'RollingUpdate' },
    },
    'spec.strategy': { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    'spec.strategy.rollingUpdate': { maxSurge: '25%', maxUnavailable: '25%' },
  },
  HorizontalPodAutoscaler: { spec: { minReplicas: 1 } },
  HTTPRoute: ROUTE,
  GRPCRoute: ROUTE,
  Job: { spec: JOB },
  MutatingWebhookConfiguration: { 'webhooks[]': { ...WEBHOOK, reinvocationPolicy: 'Never' }, ...webhookParts() },
  NetworkPolicy: {
    'spec.egress[].ports[]': { protocol: 'TCP' },
    'spec.ingress[].ports[]': { protocol: 'TCP' },
  },
  PersistentVolume: { spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' } },
  PersistentVolumeClaim: { spec: { volumeMode: 'Filesystem' } },
  PriorityClass: { '': { globalDefault: false, preemptionPolicy: 'PreemptLowerPriority' } },
  RoleBinding: { roleRef: { apiGroup: RBAC } },
  Secret: { '': { immutable: false, type: 'Opaque' } },
  ConfigMap: { '': { immutable: false } },
  Service: {
    spec: {
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      publishNotReadyAddresses: false,
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    'spec.ports[]': { protocol: 'TCP' },
  },
  StatefulSet: {
    spec: {
      minReadySeconds: 0,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      replicas: 1,
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate' },
    },
    'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Retain', whenScaled: 'Retain' },
    'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    'spec.updateStrategy.rollingUpdate': { partition: 0 },
    'spec.volumeClaimTemplates[].spec': { volumeMode: 'Filesystem' },
  },
  StorageClass: { '': { allowVolumeExpansion: false, reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  ValidatingAdmissionPolicy: { spec: { failurePolicy: 'Fail' } },
  ValidatingWebhookConfiguration: { 'webhooks[]': WEBHOOK, ...webhookParts() },
};

function webhookParts(): Record<string, Defaults> {
  return { 'webhooks[].clientConfig.service': { port: 443 }, 'webhooks[].rules[]': { scope: '*' } };
}

/** What stands where a map at a place says nothing. */
export function defaultsAt({ pattern, inPods, embedded, root }: Place): Defaults {
  if (embedded) return {};
  return (inPods ? POD[pattern] : OBJECTS[root.kind]?.[pattern]) ?? {};
}

/**
 * The default that follows from other fields of the same map: the pull policy from the tag, a Service's target from its
 * port, a subject's group from its kind, requests from limits.
 */
export function derivedDefault(place: Place, field: string, map: Readonly<Record<string, unknown>>): unknown {
  if (place.embedded) return undefined;
  const { pattern, inPods, root } = place;
  if (inPods && pattern === 'spec.containers[]' && field === 'imagePullPolicy') return pullPolicyOf(map['image']);
  if (inPods && pattern === 'spec.containers[].resources' && field === 'requests') return map['limits'];
  if (inPods && pattern === 'spec' && field === 'serviceAccount') return map['serviceAccountName'];
  if (root.kind === 'Service' && pattern === 'spec.ports[]' && field === 'targetPort') return map['port'];
  if (root.kind.endsWith('RoleBinding') && pattern === 'subjects[]' && field === 'apiGroup')
    return map['kind'] === 'ServiceAccount' ? '' : RBAC;
  return undefined;
}

/** `latest`, said or not, is pulled each time; an image by digest is not. */
function pullPolicyOf(image: unknown): string {
  const name = String(image).replace(/^.*\//, '');
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest')) ? 'Always' : 'IfNotPresent';
}
