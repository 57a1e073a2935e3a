import { at, type Manifest } from '../../../charts/lib/manifest.ts';
import { clusterObject, IMAGE, LABELS, object, template } from '../objects.ts';

const STORAGE = 'storage.k8s.io/v1';
const NODES = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }] };
const COMMAND = { command: ['true'], args: ['-x'], env: [{ name: 'LEVEL', value: 'info' }], resources: limited() };

function limited(): object {
  return { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } };
}

function claim(name: string, spec: object): Manifest {
  const resources = { requests: { storage: '5Gi' } };
  return object(
    'v1',
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce'], resources, ...spec } },
    { name },
  );
}

function service(name: string, spec: object): Manifest {
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  return object('v1', 'Service', { spec: { selector: LABELS, ports, ...spec } }, { name });
}

function job(name: string, spec: object): Manifest {
  return object(
    'batch/v1',
    'Job',
    { spec: { template: template(COMMAND, { restartPolicy: 'Never' }), ...spec } },
    { name },
  );
}

const volumes: Manifest[] = [
  clusterObject(STORAGE, 'StorageClass', {
    provisioner: 'example.com/disks',
    parameters: { type: 'fast' },
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    mountOptions: ['noatime', 'ro'],
  }),
  clusterObject(STORAGE, 'StorageClass', { provisioner: 'example.com/disks' }, { name: 'fixed' }),
  clusterObject(STORAGE, 'VolumeAttributesClass', { driverName: 'example.com', parameters: { iops: '1000' } }),
  clusterObject(STORAGE, 'CSIDriver', {
    spec: { attachRequired: true, podInfoOnMount: false, volumeLifecycleModes: ['Persistent', 'Ephemeral'] },
  }),
  clusterObject('v1', 'PersistentVolume', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '5Gi' },
      csi: { driver: 'example.com', volumeHandle: 'one', fsType: 'ext4', volumeAttributes: { a: 'b' } },
      mountOptions: ['noatime'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'app',
      volumeMode: 'Filesystem',
    },
  }),
  clusterObject(
    'v1',
    'PersistentVolume',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '5Gi' },
        local: { path: '/disks/one' },
        nodeAffinity: { required: NODES },
        storageClassName: 'fixed',
      },
    },
    { name: 'local' },
  ),
  claim('app', { storageClassName: 'app', volumeMode: 'Filesystem' }),
  claim('fixed', { storageClassName: 'fixed' }),
];

const services: Manifest[] = [
  service('app', {}),
  service('fixed', { clusterIP: '10.96.5.5', clusterIPs: ['10.96.5.5'], type: 'ClusterIP', sessionAffinity: 'None' }),
  service('headless', { clusterIP: 'None', publishNotReadyAddresses: true }),
  service('nodes', { type: 'NodePort', ports: [{ name: 'http', port: 80, nodePort: 30_080 }] }),
  service('balanced', {
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 30_100,
    loadBalancerClass: 'example.com/balancer',
    loadBalancerSourceRanges: ['10.0.0.0/8', '192.0.2.0/24'],
  }),
  object('v1', 'Service', { spec: { type: 'ExternalName', externalName: 'example.com' } }, { name: 'outside' }),
];

const jobs: Manifest[] = [
  job('app', { backoffLimit: 4, ttlSecondsAfterFinished: 600, activeDeadlineSeconds: 300 }),
  job('indexed', { completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1 }),
  job('suspended', { suspend: true, completions: 2 }),
  object('batch/v1', 'CronJob', {
    spec: {
      schedule: '5 * * * *',
      concurrencyPolicy: 'Forbid',
      jobTemplate: { spec: { template: template(COMMAND, { restartPolicy: 'OnFailure' }) } },
    },
  }),
  object('v1', 'Pod', {
    spec: {
      containers: [{ name: 'app', image: IMAGE, ...COMMAND }],
      tolerations: [{ key: 'example.com/own', operator: 'Exists' }],
      terminationGracePeriodSeconds: 20,
      activeDeadlineSeconds: 900,
    },
  }),
];

const data: Manifest[] = [
  object('v1', 'ConfigMap', { data: { a: 'one', b: 'two' } }),
  object('v1', 'ConfigMap', { data: { a: 'one' }, binaryData: { c: 'eA==' }, immutable: true }, { name: 'frozen' }),
  object('v1', 'Secret', { type: 'Opaque', data: { a: 'b25l', b: 'dHdv' } }),
  object('v1', 'Secret', { type: 'Opaque', data: { a: 'b25l' }, immutable: true }, { name: 'frozen' }),
];

const others: Manifest[] = [
  clusterObject('networking.k8s.io/v1', 'IngressClass', {
    spec: { controller: 'example.com/ingress', parameters: { apiGroup: 'example.com', kind: 'Settings', name: 'x' } },
  }),
  object('networking.k8s.io/v1', 'Ingress', {
    spec: {
      ingressClassName: 'app',
      tls: [{ hosts: ['a.example', 'b.example'], secretName: 'tls' }],
      rules: [
        {
          host: 'a.example',
          http: {
            paths: [
              { path: '/a', pathType: 'Prefix', backend: { service: { name: 'app', port: { number: 80 } } } },
              { path: '/b', pathType: 'Exact', backend: { service: { name: 'app', port: { name: 'http' } } } },
            ],
          },
        },
      ],
    },
  }),
  clusterObject('node.k8s.io/v1', 'RuntimeClass', {
    handler: 'sandbox',
    overhead: { podFixed: { cpu: '250m', memory: '120Mi' } },
    scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
  }),
  clusterObject('scheduling.k8s.io/v1', 'PriorityClass', { value: 1000, preemptionPolicy: 'Never', description: 'x' }),
];

/** Kinds that limit or review what else is applied. */
const limits: Manifest[] = [
  object('v1', 'ResourceQuota', { spec: { hard: { 'requests.cpu': '4', pods: '10' }, scopes: ['NotTerminating'] } }),
  object(
    'v1',
    'ResourceQuota',
    { spec: { hard: { 'requests.memory': '4Gi', 'count/secrets': '10' } } },
    { name: 'more' },
  ),
];

/** A custom resource of which a part never changes, by its definition's own rule. */
const custom: Manifest[] = [
  clusterObject(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    {
      spec: {
        group: 'prove.example.com',
        scope: 'Namespaced',
        names: { kind: 'Sample', plural: 'samples', singular: 'sample', listKind: 'SampleList', shortNames: ['smp'] },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: {
                    type: 'object',
                    properties: {
                      fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
                      free: { type: 'string' },
                      count: { type: 'integer', default: 3 },
                    },
                  },
                },
              },
            },
          },
          {
            name: 'v1beta1',
            served: false,
            storage: false,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
    { name: 'samples.prove.example.com' },
  ),
];

/** Objects of kinds, and with fields, that no rendered cluster has; in the namespace `app`, to be stored in this order. */
export const FIXTURES: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'app', labels: { team: 'x' } } },
  object('v1', 'ServiceAccount', {}, { name: 'default' }),
  ...custom,
  ...volumes,
  ...services,
  ...jobs,
  ...data,
  ...others,
  ...limits,
];

/** What controllers would write, on which the API server's answers depend: claims are bound, and Jobs are suspended. */
export function statusOf(manifest: Manifest): object | undefined {
  if (manifest.kind === 'PersistentVolumeClaim')
    return { phase: 'Bound', capacity: { storage: at(manifest, 'spec', 'resources', 'requests', 'storage') } };
  if (manifest.kind === 'Job' && at(manifest, 'spec', 'suspend') === true)
    return { conditions: [{ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: '' }] };
  return undefined;
}
