import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import type { ContainerProps } from '../../lib/container.ts';
import { Deployment, type Replicas } from '../../lib/deployment.ts';
import { DRAIN_SECONDS } from '../../lib/drain.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import type { WorkloadProps } from '../../lib/workload-props.ts';
import { MOUNTS, type Rails, VOLUMES } from './rails.ts';

/** Port of the web server. */
const HTTP_PORT = 3000;

/** Seconds for requests in flight after the drain. */
const FINISH_SECONDS = 30;

/** Props of the web pods of a version. */
export interface WebProps extends Required<Pick<WorkloadProps, 'instance' | 'awayFrom'>> {
  readonly image: string;
  readonly settings: WorkloadSettings & { readonly replicas: Replicas };
}

/** Web pods of one version, with their own Service. */
export function web(component: Component, app: Rails, { instance, image, ...props }: WebProps): Deployment {
  const deployment = new Deployment(component, {
    ...props,
    replicas: props.settings.replicas,
    role: 'web',
    name: `${component.name}-${instance}`,
    instance,
    terminationGracePeriodSeconds: DRAIN_SECONDS + FINISH_SECONDS,
    containers: [webContainer(app, image)],
    openings: app.web.openings,
    onChange: app.trust.onChange,
    volumes: [...VOLUMES, ...app.trust.volumes, { name: 'config', configMap: { name: component.name } }],
  });
  deployment.service({ http: { port: 80, target: 'http' } });
  app.connect(deployment);
  return deployment;
}

function webContainer({ env, trust, web: { env: own } }: Rails, image: string): ContainerProps {
  return {
    name: 'web',
    image,
    // Replaces the image's entry point, which runs migrations in every pod and does not forward signals. The volume
    // outlives the container, and so may contain the PID file of a killed server.
    command: ['sh', '-c', `rm -f tmp/pids/server.pid && exec bundle exec rails server -b 0.0.0.0 -p ${HTTP_PORT}`],
    env: { ...env, ...own },
    ports: { http: HTTP_PORT },
    resources: { cpu: '100m', cpuLimit: '1', memory: '512Mi' },
    startup: probe({ periodSeconds: 3, failureThreshold: 60 }),
    liveness: probe({ periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 4 }),
    // Does not check the database, whose failure would make all pods unready, with none left to report the error.
    readiness: probe({ periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }),
    lifecycle: { preStop: { exec: { command: ['sleep', String(DRAIN_SECONDS)] } } },
    mounts: { ...MOUNTS, ...trust.mounts, '/postfacto/client/config.js': { volume: 'config', subPath: 'config.js' } },
  };
}

/** Sends X-Forwarded-Proto https, without which the response is a redirect. */
function probe(timing: Omit<k8s.Probe, 'httpGet' | 'exec'>): k8s.Probe {
  return {
    httpGet: {
      path: '/',
      port: k8s.IntOrString.fromString('http'),
      httpHeaders: [{ name: 'X-Forwarded-Proto', value: 'https' }],
    },
    ...timing,
  };
}
