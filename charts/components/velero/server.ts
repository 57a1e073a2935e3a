import type { Component } from '../../component.ts';
import { type ContainerProps, httpProbe, scratch } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { bindInCluster, grantInNamespace } from '../../lib/rbac.ts';
import { configuration, environment, SCRATCH, startedPods, type VeleroPods } from './pods.ts';
import { SERVER_RULES } from './rules.ts';

/** Options of the server. */
export interface ServerProps extends VeleroPods {
  readonly plugin: string;
  /** Secret and key of the password of the repositories. */
  readonly repositoryPassword: { readonly secret: string; readonly key: string };
}

/**
 * Makes and restores backups, which takes whatever rights the objects in them need. The Jobs in which it tends the
 * repositories are made of its own pod: account, volumes and hardening are the same.
 */
export function server(component: Component, props: ServerProps): void {
  const { secret, key } = props.repositoryPassword;
  const { name } = new Deployment(component, {
    role: 'server',
    // Two at once would both run a backup that is due.
    strategy: 'Recreate',
    apiAccess: true,
    startsPods: true,
    serviceAccountAnnotations: props.identity.serviceAccountAnnotations,
    podLabels: props.identity.podLabels,
    openings: { egress: props.egress },
    initContainers: [plugin(props.plugin)],
    containers: [container(component, props)],
    volumes: [
      scratch('plugins', '512Mi'),
      scratch('scratch', '4Gi'),
      { name: 'repository-password', secret: { secretName: secret, items: [{ key, path: key }] } },
    ],
  });
  bindInCluster(component, { name, serviceAccount: name, clusterRole: 'cluster-admin' });
  grantInNamespace(component, { name, serviceAccount: name, rules: SERVER_RULES });
}

/** Copies the plugin's program to where the server looks for it. */
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
    global: startedPods(props, { request: '256Mi', limit: '1Gi' }),
  });
  // MiB that each pod which uses a repository may cache of it: the default is more than the pods' scratch volumes hold.
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
    resources: { cpu: '100m', cpuLimit: '1', memory: '512Mi' },
    // Its metrics are all that answers. They come late in its start.
    startup: httpProbe('/metrics', 'metrics', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 }),
    readiness: httpProbe('/metrics', 'metrics', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    // A restart fails the backup that is running, so it takes five minutes of silence.
    liveness: httpProbe('/metrics', 'metrics', { periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 }),
    mounts: {
      '/plugins': { volume: 'plugins' },
      [SCRATCH]: { volume: 'scratch', readOnly: false },
      // Read through the API in truth. Mounted, it keeps the pod from starting until it is there, however the pod comes to start.
      '/repository-password': { volume: 'repository-password' },
    },
  };
}
