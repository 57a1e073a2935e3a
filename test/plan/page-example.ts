import type { Plan } from '../../charts/plan/model.ts';

const FLEET = ['dev-kind', 'staging-aks', 'staging-eks', 'prod-aks', 'prod-eks', 'prod-gke'];
const PRODUCTION = ['prod-aks', 'prod-eks', 'prod-gke'];

const NGINX = `worker_processes auto;
events { worker_connections 1024; }
http {
  server_tokens off;
  keepalive_timeout 65;
  client_max_body_size 1m;
  upstream restaurants {
    server restaurants.restaurants.svc:80;
    keepalive 16;
  }
  server {
    listen 8080;
    location / { proxy_pass http://restaurants; }
    location /healthz { return 200; }
  }
}
`;

/** A plan with an entry of every verdict and each severity, as a pull request may have it. */
export const EXAMPLE: Plan = {
  version: 1,
  base: '5b1f0c2e9d7a4c3b8e6f1a2d3c4b5a69788f9e0d',
  head: 'c0ffee1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b',
  clusters: FLEET,
  entries: [
    {
      clusters: FLEET,
      application: 'velero-definitions',
      object: 'Application argocd/velero-definitions',
      wave: [-5, 0],
      verdict: 'update',
      severity: 'warn',
      fields: [{ path: 'spec.source.targetRevision', change: 'changed', before: 'v1.17.2', after: 'v1.18.0' }],
      findings: [
        {
          rule: 'SLP-CRD-UPSTREAM',
          severity: 'warn',
          path: 'spec.source.targetRevision',
          says: 'the definitions come from upstream at v1.18.0, and a version that they no longer serve is not seen here',
          instead: "read upstream's release notes for removed versions",
        },
      ],
    },
    {
      clusters: ['staging-aks'],
      application: 'tenant-kitchen',
      object: 'Namespace kitchen',
      wave: [-2, -3],
      verdict: 'update',
      severity: 'danger',
      fields: [
        {
          path: 'metadata.labels[pod-security.kubernetes.io/enforce]',
          change: 'changed',
          before: 'restricted',
          after: 'baseline',
        },
      ],
      findings: [
        {
          rule: 'SLP-POD-SECURITY',
          severity: 'danger',
          path: 'metadata.labels[pod-security.kubernetes.io/enforce]',
          says: 'pods of the namespace may run as root and keep all default capabilities',
          instead: 'keep `restricted`, and exempt the one workload that needs more in a namespace of its own',
        },
      ],
    },
    {
      clusters: PRODUCTION,
      application: 'mongo',
      object: 'StatefulSet mongo/mongo',
      wave: [0, 0],
      verdict: 'refused',
      severity: 'block',
      fields: [
        {
          path: 'spec.volumeClaimTemplates[data].spec.resources.requests.storage',
          change: 'changed',
          before: '10Gi',
          after: '20Gi',
        },
        {
          path: 'spec.template.spec.terminationGracePeriodSeconds',
          change: 'changed',
          before: 60,
          after: 30,
          rolls: true,
        },
      ],
      findings: [
        {
          rule: 'SLP-IMMUTABLE',
          severity: 'block',
          path: 'spec.volumeClaimTemplates[data].spec.resources.requests.storage',
          says: 'a StatefulSet keeps its volume claim templates, so the API server refuses the whole change',
          instead:
            'grow the three claims, delete the set with --cascade=orphan, and sync: docs/runbooks/grow-a-volume.md',
        },
        {
          rule: 'SLP-GRACE',
          severity: 'warn',
          path: 'spec.template.spec.terminationGracePeriodSeconds',
          says: 'mongod has 30 seconds to step down and write its journal',
          accepted: { because: 'measured: a step down takes 4 seconds with this load', until: '2027-03-31' },
        },
      ],
    },
    {
      clusters: ['prod-gke'],
      application: 'mongo',
      object: 'PodDisruptionBudget mongo/mongo',
      wave: [0, 0],
      verdict: 'update',
      severity: 'danger',
      fields: [{ path: 'spec.maxUnavailable', change: 'changed', before: 1, after: 0 }],
      findings: [
        {
          rule: 'SLP-DRAIN',
          severity: 'danger',
          path: 'spec.maxUnavailable',
          says: 'no pod may be evicted, so no node with one of them can be drained',
          instead: 'keep 1: the replica set of three bears the loss of one',
        },
      ],
    },
    {
      clusters: FLEET,
      application: 'mongo',
      object: 'Secret mongo/exporter',
      wave: [0, -1],
      verdict: 'update',
      severity: 'info',
      fields: [{ path: 'data.password', change: 'changed', hidden: 'another value of 16 to 31 bytes' }],
      findings: [],
    },
    {
      clusters: ['dev-kind', 'staging-aks', 'staging-eks', 'prod-aks', 'prod-eks'],
      application: 'restaurants',
      object: 'Deployment restaurants/restaurants',
      wave: [2, 0],
      verdict: 'restart',
      severity: 'info',
      fields: [
        {
          path: 'spec.template.spec.containers[restaurants].image',
          change: 'changed',
          before:
            'ghcr.io/example/restaurants:2.3.1@sha256:9c1b6dd6c1be4ac7f2b1d3a0f5e6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e',
          after:
            'ghcr.io/example/restaurants:2.4.0@sha256:41e0b7f2a6c5d4e3f2019b8a7c6d5e4f30211203f4e5d6c7b8a90f1e2d3c4b5a',
          rolls: true,
        },
        {
          path: 'spec.template.spec.containers[restaurants].env[PAGE_SIZE].value',
          change: 'changed',
          before: '50',
          after: '100',
          rolls: true,
        },
        {
          path: 'spec.template.spec.containers[restaurants].ports[8080,TCP].protocol',
          change: 'added',
          after: 'TCP',
          noise: true,
        },
      ],
      findings: [],
    },
    {
      clusters: ['prod-gke'],
      application: 'restaurants',
      object: 'Deployment restaurants/restaurants',
      wave: [2, 0],
      verdict: 'restart',
      severity: 'danger',
      fields: [
        { path: 'spec.replicas', change: 'changed', before: 3, after: 1 },
        {
          path: 'spec.template.spec.containers[restaurants].securityContext',
          change: 'changed',
          before: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
          after: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          rolls: true,
        },
        {
          path: 'spec.template.spec.containers[restaurants].env',
          change: 'reordered',
          before: ['A', 'B'],
          after: ['B', 'A'],
          rolls: true,
        },
      ],
      findings: [
        {
          rule: 'SLP-REPLICAS',
          severity: 'danger',
          path: 'spec.replicas',
          says: 'one pod is left, and each restart of it is an outage',
          instead: 'keep at least 2',
        },
        {
          rule: 'SLP-ROOT-FILESYSTEM',
          severity: 'danger',
          path: 'spec.template.spec.containers[restaurants].securityContext.readOnlyRootFilesystem',
          says: 'the container may write to its own file system',
        },
      ],
    },
    {
      clusters: FLEET,
      application: 'gateway',
      object: 'ConfigMap gateway/nginx',
      wave: [2, -1],
      verdict: 'inert',
      severity: 'warn',
      fields: [
        {
          path: 'data[nginx.conf]',
          change: 'changed',
          before: NGINX,
          after: NGINX.replace('keepalive_timeout 65', 'keepalive_timeout 20').replace(
            'keepalive 16;',
            'keepalive 64;\n    keepalive_requests 1000;',
          ),
        },
      ],
      findings: [
        {
          rule: 'SLP-NOT-READ',
          severity: 'warn',
          path: 'data[nginx.conf]',
          says: 'Deployment gateway/nginx mounts it by subPath and does not restart, so nobody reads the new text',
          instead: 'let a change of it roll the pods',
        },
      ],
    },
    {
      clusters: FLEET,
      application: 'gateway',
      object: 'Job gateway/warm-up',
      wave: [2, 1],
      verdict: 'replace',
      severity: 'info',
      fields: [
        {
          path: 'spec.template.spec.containers[curl].args',
          change: 'changed',
          before: ['--retry', '3', 'http://nginx/'],
          after: ['--retry', '5', 'http://nginx/'],
        },
      ],
      findings: [],
    },
    {
      clusters: ['staging-eks'],
      application: 'reports',
      object: 'CronJob reports/nightly',
      wave: [2, 0],
      verdict: 'move',
      severity: 'danger',
      fields: [],
      findings: [
        {
          rule: 'SLP-MOVE',
          severity: 'danger',
          says: 'Application analytics fails until Application reports has pruned it, so it is deleted in between',
          instead: 'move it in two commits, the first of which removes it',
        },
      ],
      takes: ['CronJob reports/nightly of Application analytics'],
    },
    {
      clusters: FLEET,
      application: 'restaurants',
      object: 'HTTPRoute restaurants/menus',
      wave: [2, 1],
      verdict: 'create',
      severity: 'info',
      fields: [],
      findings: [],
    },
    {
      clusters: FLEET,
      application: 'prometheus',
      object: 'ClusterRole prometheus',
      wave: [3, -1],
      verdict: 'same',
      severity: 'info',
      fields: [
        {
          path: 'rules[0].verbs',
          change: 'reordered',
          before: ['get', 'list', 'watch'],
          after: ['list', 'get', 'watch'],
          noise: true,
        },
      ],
      findings: [],
    },
    {
      clusters: FLEET,
      application: 'prometheus',
      object: 'Service prometheus/prometheus',
      wave: [3, 0],
      verdict: 'order',
      severity: 'info',
      fields: [{ path: 'metadata.annotations[argocd.argoproj.io/sync-wave]', change: 'added', after: '1' }],
      findings: [],
    },
    {
      clusters: ['staging-eks'],
      application: 'postfacto',
      object: 'PersistentVolumeClaim postfacto/data',
      wave: [1, 0],
      verdict: 'kept',
      severity: 'warn',
      fields: [],
      findings: [
        {
          rule: 'SLP-KEPT',
          severity: 'warn',
          says: 'it stays in the cluster, and its Application stays OutOfSync',
          instead: 'delete it by hand once its backup is restored elsewhere',
        },
      ],
    },
    {
      clusters: ['staging-eks'],
      application: 'postfacto',
      object: 'ServiceAccount postfacto/postfacto',
      wave: [1, 0],
      verdict: 'delete',
      severity: 'info',
      fields: [],
      findings: [],
    },
    {
      clusters: ['staging-eks'],
      application: 'postfacto',
      object: 'Namespace postfacto',
      wave: [1, -3],
      verdict: 'confirm',
      severity: 'danger',
      fields: [],
      findings: [
        {
          rule: 'SLP-CONFIRM',
          severity: 'danger',
          says: 'the sync of Application postfacto waits until a person confirms the removal',
        },
      ],
    },
    {
      clusters: ['staging-eks'],
      application: 'argo-cd',
      object: 'Application argocd/postfacto',
      wave: [-4, 0],
      verdict: 'cascade',
      severity: 'block',
      fields: [],
      findings: [
        {
          rule: 'SLP-CASCADE',
          severity: 'block',
          says: 'the Application has the resources finalizer, so everything that it synced is deleted with it',
          instead: 'take the finalizer off first if the objects must stay',
        },
      ],
      takes: [
        'Deployment postfacto/postfacto',
        'Service postfacto/postfacto',
        'HTTPRoute postfacto/postfacto',
        'StatefulSet postfacto/redis',
      ],
      keeps: ['PersistentVolumeClaim postfacto/data', 'Namespace postfacto'],
    },
  ],
  noise: { objects: 1, fields: 2 },
};

/** No change at all. */
export const NOTHING: Plan = { ...EXAMPLE, head: 'working tree', entries: [], noise: { objects: 0, fields: 0 } };

/** Some 20,000 files of 100 clusters, with as many changes as asked for. */
export function largeExample(entries: number): Plan {
  const clusters = Array.from({ length: 100 }, (_, i) => `cluster-${String(i).padStart(3, '0')}`);
  const one = (i: number): Plan['entries'][number] => {
    const { object, clusters: own, ...entry } = EXAMPLE.entries[i % EXAMPLE.entries.length]!;
    const wave = Math.floor((i / entries) * 10);
    return {
      ...entry,
      object: `${object}-${i}`,
      application: `${entry.application}-${Math.floor(i / 50)}`,
      wave: [wave, entry.wave[1]],
      clusters: own.length === 1 ? [clusters[i % 100]!] : clusters.slice(0, 1 + (i % 100)),
    };
  };
  return { ...EXAMPLE, clusters, entries: Array.from({ length: entries }, (_, i) => one(i)) };
}
