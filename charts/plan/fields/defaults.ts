import { RBAC } from './implied.ts';
import type { Place } from './place.ts';
import { POD } from './pod-defaults.ts';

/** What stands for a field that a map lacks. */
export type Defaults = Readonly<Record<string, unknown>>;

const JOB: Defaults = {
  completionMode: 'NonIndexed',
  manualSelector: false,
  parallelism: 1,
  suspend: false,
};
const WEBHOOK: Defaults = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};
/** Relabelling of metrics, wherever its list is. */
const RELABELLING: Defaults = { action: 'replace' };
const SELECTORS: Defaults = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
const SCOPE: Defaults = { scope: '*' };
const ROUTE: Readonly<Record<string, Defaults>> = {
  'spec.parentRefs[]': { group: 'gateway.networking.k8s.io', kind: 'Gateway' },
  'spec.rules[].backendRefs[]': { group: '', kind: 'Service', weight: 1 },
};
const EVERY_PATH = { type: 'PathPrefix', value: '/' };

/** The same of other objects, by kind and place (kubernetes, pkg/apis/…/defaults.go; `default` of definitions). */
const OBJECTS: Readonly<Record<string, Readonly<Record<string, Defaults>>>> = {
  Alertmanager: { spec: { portName: 'web', retention: '120h' } },
  APIService: { 'spec.service': { port: 443 } },
  ClusterIssuer: { 'spec.acme.solvers[].http01.gatewayHTTPRoute.parentRefs[]': ROUTE['spec.parentRefs[]']! },
  ClusterRoleBinding: { roleRef: { apiGroup: RBAC } },
  CronJob: {
    spec: { concurrencyPolicy: 'Allow', failedJobsHistoryLimit: 1, successfulJobsHistoryLimit: 3, suspend: false },
    'spec.jobTemplate': { metadata: {} },
    'spec.jobTemplate.spec': JOB,
    'spec.jobTemplate.spec.podFailurePolicy.rules[].onPodConditions[]': { status: 'True' },
  },
  CSIDriver: {
    spec: {
      attachRequired: true,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      podInfoOnMount: false,
      requiresRepublish: false,
      seLinuxMount: false,
      storageCapacity: false,
      volumeLifecycleModes: ['Persistent'],
    },
  },
  CustomResourceDefinition: {
    spec: { conversion: { strategy: 'None' } },
    'spec.versions[]': { served: false, storage: false },
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
  ExternalSecret: {
    'spec.data[].remoteRef': { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' },
    'spec.target': { creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    'spec.target.template': { engineVersion: 'v2', mergePolicy: 'Replace' },
  },
  Gateway: {
    'spec.listeners[]': { allowedRoutes: { namespaces: { from: 'Same' } } },
    'spec.listeners[].allowedRoutes': { namespaces: { from: 'Same' } },
    'spec.listeners[].allowedRoutes.namespaces': { from: 'Same' },
    'spec.listeners[].tls': { mode: 'Terminate' },
    'spec.listeners[].tls.certificateRefs[]': { group: '', kind: 'Secret' },
  },
  HorizontalPodAutoscaler: {
    spec: { minReplicas: 1 },
    'spec.behavior': {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
    },
    'spec.behavior.scaleUp': { selectPolicy: 'Max', stabilizationWindowSeconds: 0 },
    'spec.behavior.scaleDown': { selectPolicy: 'Max' },
  },
  HTTPRoute: {
    ...ROUTE,
    'spec.rules[]': { matches: [{ path: EVERY_PATH }] },
    'spec.rules[].matches[]': { path: EVERY_PATH },
    'spec.rules[].matches[].path': EVERY_PATH,
    'spec.rules[].matches[].headers[]': { type: 'Exact' },
  },
  IngressClass: { 'spec.parameters': { scope: 'Cluster' } },
  GRPCRoute: ROUTE,
  Job: { spec: JOB, 'spec.podFailurePolicy.rules[].onPodConditions[]': { status: 'True' } },
  MutatingWebhookConfiguration: { 'webhooks[]': { ...WEBHOOK, reinvocationPolicy: 'Never' }, ...webhookParts() },
  NetworkPolicy: {
    spec: { podSelector: {} },
    'spec.egress[].ports[]': { protocol: 'TCP' },
    'spec.ingress[].ports[]': { protocol: 'TCP' },
  },
  PersistentVolume: { spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' } },
  PersistentVolumeClaim: { spec: { volumeMode: 'Filesystem' } },
  Password: { spec: { encoding: 'raw', noUpper: false } },
  PodMonitor: {
    'spec.podMetricsEndpoints[].relabelings[]': RELABELLING,
    'spec.podMetricsEndpoints[].metricRelabelings[]': RELABELLING,
  },
  PriorityClass: { '': { globalDefault: false, preemptionPolicy: 'PreemptLowerPriority' } },
  Probe: {
    'spec.prober': { path: '/probe' },
    'spec.metricRelabelings[]': RELABELLING,
    'spec.targets.staticConfig.relabelingConfigs[]': RELABELLING,
  },
  Prometheus: { spec: { evaluationInterval: '30s', portName: 'web', scrapeInterval: '30s', shards: 1 } },
  PushSecret: {
    spec: { deletionPolicy: 'None', updatePolicy: 'Replace' },
    'spec.data[]': { conversionStrategy: 'None' },
    'spec.selector.generatorRef': { apiVersion: 'generators.external-secrets.io/v1alpha1' },
  },
  RoleBinding: { roleRef: { apiGroup: RBAC } },
  ScrapeConfig: { 'spec.relabelings[]': RELABELLING, 'spec.metricRelabelings[]': RELABELLING },
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
  ServiceMonitor: {
    'spec.endpoints[].relabelings[]': RELABELLING,
    'spec.endpoints[].metricRelabelings[]': RELABELLING,
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
    'spec.volumeClaimTemplates[]': {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      status: { phase: 'Pending' },
    },
    'spec.volumeClaimTemplates[].spec': { volumeMode: 'Filesystem' },
  },
  StorageClass: { '': { allowVolumeExpansion: false, reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  ValidatingAdmissionPolicy: {
    spec: { failurePolicy: 'Fail' },
    'spec.matchConstraints': SELECTORS,
    'spec.matchConstraints.resourceRules[]': SCOPE,
    'spec.matchConstraints.excludeResourceRules[]': SCOPE,
  },
  ValidatingAdmissionPolicyBinding: {
    'spec.matchResources': SELECTORS,
    'spec.matchResources.resourceRules[]': SCOPE,
    'spec.matchResources.excludeResourceRules[]': SCOPE,
  },
  ValidatingWebhookConfiguration: { 'webhooks[]': WEBHOOK, ...webhookParts() },
};

function webhookParts(): Record<string, Defaults> {
  return { 'webhooks[].clientConfig.service': { port: 443 }, 'webhooks[].rules[]': SCOPE };
}

/** What stands where a map at a place says nothing. */
export function defaultsAt({ pattern, inPods, embedded, root }: Place): Defaults {
  if (embedded) return {};
  return (inPods ? POD[pattern] : OBJECTS[root.kind]?.[pattern]) ?? {};
}
