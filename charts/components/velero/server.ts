import type { Component } from '../../component.ts';
import { type ContainerProps, httpProbe, scratch } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import { bindInCluster, grantInNamespace } from '../../lib/rbac.ts';
import { configuration, environment, SCRATCH, startedPods, type VeleroPods } from './pods.ts';
import { serverRules } from './rules.ts';

/** Options of the server. */
export interface ServerProps extends VeleroPods {
  readonly settings: WorkloadSettings;
  readonly plugin: string;
  readonly upstream: Upstream;
  /** Secret and key of the repository password. */
  readonly repositoryPassword: { readonly secret: string; readonly key: string };
}

/**
 * Creates and restores backups, which needs permissions on all kinds in them. The Jobs that maintain the repositories
 * are derived from its own pod, with the same ServiceAccount, volumes and hardening.
 */
export function server(component: Component, props: ServerProps): void {
  const { secret, key } = props.repositoryPassword;
  const { name } = new Deployment(component, {
    settings: props.settings,
    role: 'server',
    // Two servers would both run a scheduled backup.
    strategy: 'Recreate',
    apiAccess: true,
    startsPods: true,
    serviceAccountAnnotations: props.identity.serviceAccountAnnotations,
    podLabels: props.identity.podLabels,
    openings: { egress: props.egress },
    initContainers: [plugin(props.plugin)],
    onChange: { [`Secret/${secret}`]: { watches: 'it reads the password by the API, for each repository' } },
    containers: [container(component, props)],
    volumes: [
      scratch('plugins', '512Mi'),
      scratch('scratch', '4Gi'),
      { name: 'repository-password', secret: { secretName: secret, items: [{ key, path: key }] } },
    ],
  });
  bindInCluster(component, { name, serviceAccount: name, clusterRole: 'cluster-admin' });
  grantInNamespace(component, { name, serviceAccount: name, rules: serverRules(props.upstream) });
}

/** Init container that copies the plugin's binary to the server's plugin directory. */
function plugin(image: string): ContainerProps {
  return {
    name: 'plugin',
    image,
    resources: { cpu: '10m', cpuLimit: '500m', memory: '64Mi' },
    mounts: { '/target': { volume: 'plugins', readOnly: false } },
  };
}

function container(component: Component, props: ServerProps): ContainerProps {
  const maintenance = configuration(component, 'repository-maintenance', {
    global: startedPods(props),
  });
  // Cache per pod and repository, in MiB: the default exceeds the scratch volumes.
  const repositories = configuration(component, 'backup-repositories', { kopia: { cacheLimitMB: 1024 } });
  return {
    name: 'velero',
    image: props.image,
    command: ['/velero'],
    args: [
      'server',
      '--log-format=json',
      `--repo-maintenance-job-configmap=${maintenance}`,
      `--backup-repository-configmap=${repositories}`,
      ...(props.filesFromNodes ? [] : ['--features=EnableCSI']),
    ],
    env: { ...environment(props), LD_LIBRARY_PATH: '/plugins' },
    ports: { metrics: 8085 },
    metrics: { port: 'metrics' },
    resources: { cpu: '100m', cpuLimit: '1', memory: '512Mi' },
    // The metrics are its only endpoint, served late during startup.
    startup: httpProbe('/metrics', 'metrics', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 }),
    readiness: httpProbe('/metrics', 'metrics', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    // A restart fails the running backup, so it takes five minutes of failures.
    liveness: httpProbe('/metrics', 'metrics', { periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 }),
    mounts: {
      '/plugins': { volume: 'plugins' },
      [SCRATCH]: { volume: 'scratch', readOnly: false },
      // The server reads it by the API; the mount only prevents the pod from starting before the Secret exists.
      '/repository-password': { volume: 'repository-password' },
    },
  };
}
