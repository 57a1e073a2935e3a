import { findKind } from '../../../charts/kinds/index.ts';
import { at, type Manifest } from '../../../charts/lib/manifest.ts';
import type { Path } from './tree.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Optional fields by the path of the map that takes them, relative to the pod template for those of pods. */
const OF_PODS: Readonly<Record<string, Fields>> = {
  metadata: { annotations: { 'example.com/added': 'x' } },
  spec: {
    activeDeadlineSeconds: 3600,
    automountServiceAccountToken: true,
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
    dnsPolicy: 'Default',
    enableServiceLinks: false,
    hostAliases: [{ ip: '10.1.1.1', hostnames: ['added.example'] }],
    hostname: 'added',
    imagePullSecrets: [{ name: 'added' }],
    nodeSelector: { 'example.com/added': 'x' },
    preemptionPolicy: 'Never',
    priorityClassName: 'system-node-critical',
    runtimeClassName: 'added',
    schedulerName: 'added',
    schedulingGates: [{ name: 'example.com/added' }],
    setHostnameAsFQDN: true,
    shareProcessNamespace: true,
    subdomain: 'added',
    terminationGracePeriodSeconds: 77,
    tolerations: [{ key: 'example.com/added', operator: 'Exists' }],
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'example.com/added', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
    ],
    volumes: [{ name: 'added', emptyDir: {} }],
  },
  'spec.containers.0': {
    args: ['--added'],
    env: [{ name: 'ADDED', value: 'x' }],
    envFrom: [{ configMapRef: { name: 'added' } }],
    imagePullPolicy: 'Always',
    lifecycle: { preStop: { sleep: { seconds: 3 } } },
    livenessProbe: { tcpSocket: { port: 9999 } },
    ports: [{ containerPort: 9999 }],
    resources: { requests: { cpu: '11m' } },
    securityContext: { runAsUser: 1234 },
    startupProbe: { exec: { command: ['true'] } },
    stdin: true,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    workingDir: '/added',
  },
};

const OF_KINDS: Readonly<Record<string, Readonly<Record<string, Fields>>>> = {
  ConfigMap: { '': { data: { added: 'x' }, binaryData: { added2: 'eA==' }, immutable: true } },
  CSIDriver: {
    spec: { requiresRepublish: true, storageCapacity: true, seLinuxMount: true, podInfoOnMount: true },
  },
  CronJob: {
    spec: { timeZone: 'Etc/UTC', startingDeadlineSeconds: 60, suspend: true },
    'spec.jobTemplate.spec': { ttlSecondsAfterFinished: 60, backoffLimit: 1, completions: 2 },
  },
  DaemonSet: { spec: { minReadySeconds: 5, revisionHistoryLimit: 3, updateStrategy: { type: 'OnDelete' } } },
  Deployment: {
    spec: {
      minReadySeconds: 5,
      paused: true,
      progressDeadlineSeconds: 700,
      revisionHistoryLimit: 3,
      strategy: { type: 'Recreate' },
    },
    'spec.selector.matchLabels': { added: 'x' },
  },
  HorizontalPodAutoscaler: { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } },
  Ingress: { spec: { ingressClassName: 'added', defaultBackend: { service: { name: 'x', port: { number: 1 } } } } },
  IngressClass: { spec: { parameters: { kind: 'Added', name: 'x' } } },
  Job: {
    spec: {
      activeDeadlineSeconds: 60,
      backoffLimit: 2,
      backoffLimitPerIndex: 1,
      completions: 5,
      completionMode: 'Indexed',
      managedBy: 'example.com/added',
      parallelism: 2,
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
      podReplacementPolicy: 'Failed',
      suspend: true,
      ttlSecondsAfterFinished: 60,
    },
  },
  Namespace: { 'metadata.labels': { 'pod-security.kubernetes.io/warn': 'restricted' } },
  NetworkPolicy: { spec: { ingress: [{}], egress: [{}] } },
  PersistentVolume: {
    spec: { mountOptions: ['ro'], nodeAffinity: nodeAffinity(), volumeAttributesClassName: 'gold' },
  },
  PersistentVolumeClaim: {
    spec: {
      dataSource: { kind: 'PersistentVolumeClaim', name: 'added' },
      selector: { matchLabels: { added: 'x' } },
      storageClassName: 'added',
      volumeAttributesClassName: 'gold',
      volumeName: 'added',
    },
    'spec.resources': { limits: { storage: '900Gi' } },
  },
  PodDisruptionBudget: { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
  PriorityClass: { '': { description: 'added', globalDefault: false, preemptionPolicy: 'Never' } },
  ResourceQuota: {
    spec: { scopes: ['NotTerminating'] },
    'spec.hard': { 'count/secrets': '7' },
  },
  Role: { '': { rules: [] } },
  RuntimeClass: { '': { overhead: { podFixed: { cpu: '1m' } }, scheduling: { nodeSelector: { added: 'x' } } } },
  Secret: { '': { data: { added: 'eA==' }, immutable: true, type: 'example.com/added' } },
  Service: {
    spec: {
      allocateLoadBalancerNodePorts: false,
      clusterIP: 'None',
      externalIPs: ['192.0.2.7'],
      externalName: 'example.com',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30_999,
      internalTrafficPolicy: 'Local',
      ipFamilies: ['IPv6'],
      ipFamilyPolicy: 'PreferDualStack',
      loadBalancerClass: 'example.com/added',
      loadBalancerIP: '192.0.2.8',
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      publishNotReadyAddresses: true,
      sessionAffinity: 'ClientIP',
      trafficDistribution: 'PreferClose',
      type: 'LoadBalancer',
    },
    'spec.selector': { added: 'x' },
    'spec.ports.0': { appProtocol: 'http', nodePort: 31_999, protocol: 'UDP', targetPort: 4444 },
  },
  ServiceAccount: { '': { automountServiceAccountToken: true, imagePullSecrets: [{ name: 'added' }] } },
  StatefulSet: {
    spec: {
      minReadySeconds: 5,
      ordinals: { start: 1 },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      podManagementPolicy: 'Parallel',
      revisionHistoryLimit: 3,
      serviceName: 'added',
      updateStrategy: { type: 'OnDelete' },
      volumeClaimTemplates: [
        {
          metadata: { name: 'added' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
    'spec.selector.matchLabels': { added: 'x' },
  },
  StorageClass: {
    '': {
      allowVolumeExpansion: true,
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'added', values: ['x'] }] }],
      mountOptions: ['ro'],
      parameters: { added: 'x' },
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  },
  ValidatingAdmissionPolicy: { spec: { auditAnnotations: [{ key: 'added', valueExpression: "'x'" }] } },
};

function nodeAffinity(): Fields {
  return {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'added', operator: 'In', values: ['x'] }] }] },
  };
}

/** A field that an object could have too, with its path. */
export interface Addition {
  readonly path: Path;
  readonly value: unknown;
}

/** Fields that an object does not have, and that its kind takes; labels and annotations, which every kind takes. */
export function additionsTo(manifest: Manifest): Addition[] {
  const template = findKind(manifest)?.podTemplate;
  return [
    ...added(manifest, [], 'metadata', { labels: { added: 'x' }, annotations: { 'example.com/added': 'x' } }),
    ...added(manifest, [], 'metadata.labels', { added: 'x' }),
    ...added(manifest, [], 'metadata.annotations', { 'example.com/added': 'x' }),
    ...Object.entries(OF_KINDS[manifest.kind] ?? {}).flatMap(([map, fields]) => added(manifest, [], map, fields)),
    ...(template === undefined
      ? []
      : Object.entries(OF_PODS).flatMap(([map, fields]) => added(manifest, stepsOf(template), map, fields))),
  ];
}

function added(manifest: Manifest, base: Path, map: string, fields: Fields): Addition[] {
  const steps = [...base, ...stepsOf(map)];
  const around = at(manifest, ...steps);
  if (typeof around !== 'object' || around === null) return [];
  return Object.entries(fields)
    .filter(([field]) => !(field in around))
    .map(([field, value]) => ({ path: [...steps, field], value }));
}

function stepsOf(path: string): (string | number)[] {
  return path === '' ? [] : path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
