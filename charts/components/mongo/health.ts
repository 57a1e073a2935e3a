import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, execProbe, httpProbe } from '../../lib/container.ts';
import { HEALTH_SCRIPT } from './health-script.ts';
import { SHELL } from './shell.ts';
import type { MongoTls } from './tls.ts';

const PORT = 8086;
const VOLUME = 'health';

/** Adds the script that asks a member for its state. @returns the volume with it */
export function healthProgram(component: Component): k8s.Volume {
  const name = `${component.name}-health`;
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, { metadata: { name }, data: { 'health.js': HEALTH_SCRIPT } });
  return { name: VOLUME, configMap: { name } };
}

/** The container that asks the member beside it for its state. */
export function health(image: string, port: number, tls: MongoTls): ContainerProps {
  const timeouts = 'serverSelectionTimeoutMS=5000&connectTimeoutMS=5000&socketTimeoutMS=10000';
  return {
    name: 'health',
    image,
    command: ['mongosh', '--nodb', '--norc', '--quiet', '/etc/health/health.js'],
    env: {
      ...SHELL.env,
      PORT: String(PORT),
      URI: `mongodb://127.0.0.1:${port}/admin?directConnection=true&${timeouts}${tls.options && `&${tls.options}`}`,
    },
    ports: { health: PORT },
    resources: { cpu: '20m', cpuLimit: '500m', memory: '192Mi' },
    liveness: httpProbe('/', 'health', {
      initialDelaySeconds: 20,
      periodSeconds: 30,
      timeoutSeconds: 10,
      failureThreshold: 4,
    }),
    readiness: httpProbe('/', 'health', { periodSeconds: 15, timeoutSeconds: 5 }),
    mounts: { ...SHELL.mounts, ...tls.clients.mounts, '/etc/health': { volume: VOLUME } },
  };
}

/** Probes of a member, which ask the container beside it. */
export const ASKED: Pick<ContainerProps, 'liveness' | 'readiness'> = {
  // Fails only if that container says that the member does not answer any more, and not if it is away itself.
  liveness: execProbe(ask('/livez', { ifAway: 0, passes: '!= 503' }), {
    periodSeconds: 30,
    timeoutSeconds: 20,
    failureThreshold: 4,
  }),
  readiness: execProbe(ask('/readyz', { ifAway: 1, passes: '= 200' }), {
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 2,
  }),
};

/** An HTTP request by what the image has; a probe by HTTP must be of a port of its own container. */
function ask(path: string, { ifAway, passes }: { readonly ifAway: number; readonly passes: string }): string[] {
  const open = `{ exec 3<>/dev/tcp/127.0.0.1/${PORT}; } 2>/dev/null || exit ${ifAway}`;
  const request = `printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3`;
  return ['bash', '-c', `${open}; ${request}; read -rt 3 _ code _ <&3; [[ $code ${passes} ]]`];
}
