import type { Manifest } from '../../charts/lib/manifest.ts';

/** Small objects that the API server accepts, for cases of the plan. */

type Spec = Readonly<Record<string, unknown>>;

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** An object; namespaced in `app` unless its metadata say otherwise. */
export function object(apiVersion: string, kind: string, fields: Spec, metadata: Metadata = {}): Manifest {
  return { apiVersion, kind, metadata: { name: 'app', namespace: 'app', ...metadata }, ...fields };
}

/** One that has no namespace. */
export function clusterObject(apiVersion: string, kind: string, fields: Spec, metadata: Metadata = {}): Manifest {
  return { apiVersion, kind, metadata: { name: 'app', ...metadata }, ...fields };
}

export const LABELS = { app: 'app' };

export const IMAGE = `registry.example/app:2.3.1@sha256:${'a'.repeat(64)}`;

/** A pod template with the container `app`. */
export function template(container: Spec = {}, pod: Spec = {}, metadata: Spec = { labels: LABELS }): Spec {
  return { metadata, spec: { containers: [{ name: 'app', image: IMAGE, ...container }], ...pod } };
}

export function deployment(container: Spec = {}, spec: Spec = {}, pod: Spec = {}): Manifest {
  return object('apps/v1', 'Deployment', {
    spec: { replicas: 3, selector: { matchLabels: LABELS }, template: template(container, pod), ...spec },
  });
}

export function statefulSet(spec: Spec = {}, metadata: Metadata = {}): Manifest {
  return object(
    'apps/v1',
    'StatefulSet',
    {
      spec: {
        replicas: 3,
        serviceName: 'app',
        selector: { matchLabels: LABELS },
        template: template(),
        volumeClaimTemplates: [claimTemplate('10Gi')],
        ...spec,
      },
    },
    metadata,
  );
}

export function claimTemplate(storage: string): Spec {
  return { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } };
}

export function claim(storage: string, annotations: Readonly<Record<string, string>> = {}): Manifest {
  return object(
    'v1',
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'disk', resources: { requests: { storage } } } },
    { name: 'data-app-0', annotations },
  );
}

export function storageClass(fields: Spec = {}): Manifest {
  return clusterObject(
    'storage.k8s.io/v1',
    'StorageClass',
    { provisioner: 'disk.example', reclaimPolicy: 'Retain', allowVolumeExpansion: true, ...fields },
    { name: 'disk' },
  );
}

export function job(
  container: Spec = {},
  spec: Spec = {},
  annotations: Readonly<Record<string, string>> = {},
): Manifest {
  return object(
    'batch/v1',
    'Job',
    { spec: { template: template(container, { restartPolicy: 'Never' }), ...spec } },
    { annotations },
  );
}

export function service(spec: Spec = {}): Manifest {
  return object('v1', 'Service', { spec: { selector: LABELS, ports: [{ name: 'http', port: 80 }], ...spec } });
}

export function configMap(data: Readonly<Record<string, string>>, fields: Spec = {}): Manifest {
  return object('v1', 'ConfigMap', { data, ...fields });
}

export function clusterRole(...rules: readonly Spec[]): Manifest {
  return clusterObject('rbac.authorization.k8s.io/v1', 'ClusterRole', { rules });
}

export function roleBinding(role: string, ...subjects: readonly string[]): Manifest {
  return object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: subjects.map((name) => ({ kind: 'Group', name, apiGroup: 'rbac.authorization.k8s.io' })),
  });
}

export function networkPolicy(spec: Spec, metadata: Metadata = {}): Manifest {
  return object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { spec: { podSelector: { matchLabels: LABELS }, ...spec } },
    metadata,
  );
}

export function namespace(enforce = 'restricted', annotations: Readonly<Record<string, string>> = {}): Manifest {
  return clusterObject(
    'v1',
    'Namespace',
    {},
    { labels: { 'pod-security.kubernetes.io/enforce': enforce }, annotations },
  );
}

export function budget(maxUnavailable: number): Manifest {
  return object('policy/v1', 'PodDisruptionBudget', { spec: { maxUnavailable, selector: { matchLabels: LABELS } } });
}

export function autoscaler(minReplicas: number, maxReplicas: number): Manifest {
  return object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' }, minReplicas, maxReplicas },
  });
}

export function gateway(...listeners: readonly Spec[]): Manifest {
  return object(
    'gateway.networking.k8s.io/v1',
    'Gateway',
    { spec: { gatewayClassName: 'traefik', listeners } },
    { name: 'public', namespace: 'gateway' },
  );
}

export function listener(name: string): Spec {
  return {
    name,
    port: 443,
    protocol: 'HTTPS',
    hostname: `${name}.example.com`,
    allowedRoutes: { namespaces: { from: 'All' } },
  };
}

export function route(spec: Spec = {}): Manifest {
  return object('gateway.networking.k8s.io/v1', 'HTTPRoute', {
    spec: {
      hostnames: ['app.example.com'],
      parentRefs: [{ name: 'public', namespace: 'gateway', sectionName: 'app' }],
      rules: [{ backendRefs: [{ name: 'app', port: 80 }] }],
      ...spec,
    },
  });
}

export function application(spec: Spec = {}, metadata: Metadata = {}): Manifest {
  return object(
    'argoproj.io/v1alpha1',
    'Application',
    { spec: { project: 'app', source: { path: 'dist/test/app', repoURL: 'https://git.example/x.git' }, ...spec } },
    { namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io/foreground'], ...metadata },
  );
}

export function definition(spec: Spec = {}): Manifest {
  return clusterObject(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    {
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          { name: 'v1alpha1', served: true, storage: false },
          { name: 'v1', served: true, storage: true },
        ],
        ...spec,
      },
    },
    { name: 'widgets.example.com' },
  );
}
