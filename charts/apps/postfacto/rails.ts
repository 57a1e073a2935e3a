import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, scratch } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { Job } from '../../lib/job.ts';
import { HTTP_PORT } from '../../lib/route.ts';
import { generateSecret, type SecretStore, viewSecret } from '../../lib/secrets.ts';
import type { Workload, WorkloadProps } from '../../lib/workload.ts';
import type { Postgres } from './postgres.ts';
import type { Valkey } from './valkey.ts';

/** What the application needs to know; see PostfactoProps. */
export interface RailsProps {
  readonly secrets: SecretStore;
  readonly host: string;
  readonly sessionMinutes: number;
  readonly database: Postgres;
  readonly broker: Valkey;
}

/** What every process of the application shares. */
export interface Rails {
  readonly env: NonNullable<ContainerProps['env']>;
  readonly adminPassword: k8s.EnvVarSource;
  /** Opens the ways to database and broker. */
  connect(process: Workload): void;
}

const NAME = 'postfacto';

/** Threads of a web pod. */
const THREADS = 5;

/** Database connections of a pod: its threads and those that serve WebSockets, with some to spare. */
const POOL = 15;

/** Seconds a pod still answers after it was told to stop, until the gateway has noticed. */
const DRAIN_SECONDS = 10;

/** The application's environment, its secrets and the settings of its browser part. */
export function rails(component: Component, props: RailsProps): Rails {
  const { database, broker } = props;
  new k8s.KubeConfigMap(component, `ConfigMap.${NAME}`, { metadata: { name: NAME }, data: { 'config.js': BROWSER_CONFIG } });
  const secret = secrets(component, props);
  return {
    env: {
      DATABASE_URL: fromSecret(secret, 'DATABASE_URL'),
      REDIS_URL: fromSecret(secret, 'REDIS_URL'),
      SECRET_KEY_BASE: fromSecret(secret, 'SECRET_KEY_BASE'),
      // The only origin whose live updates are let in. DISABLE_SSL_REDIRECT stays unset, since it also takes the mark
      // "secure" from cookies.
      ACTION_CABLE_HOST: props.host,
      SESSION_TIME: String(props.sessionMinutes),
      RAILS_MAX_THREADS: String(THREADS),
      RAILS_LOG_TO_STDOUT: 'true',
      // Its user has no home.
      HOME: '/tmp',
    },
    adminPassword: fromSecret(secret, 'ADMIN_PASSWORD'),
    connect: (process) => {
      database.admit(process);
      broker.admit(process);
    },
  };
}

/** One Secret; connection strings are secret as a whole, because the password is part of them. */
function secrets(component: Component, { secrets: store, database, broker }: RailsProps): string {
  // Signs the sessions: with another one everybody is signed out, and with two, whoever changes pods.
  const session = generateSecret(component, store, { name: 'session', keys: ['secretKeyBase'], length: 128 });
  const admin = generateSecret(component, store, { name: 'admin', keys: ['password'] });
  return viewSecret(component, store, {
    name: NAME,
    values: {
      database: { secret: database.password, key: 'password' },
      broker: { secret: broker.password, key: 'password' },
      session: { secret: session, key: 'secretKeyBase' },
      admin: { secret: admin, key: 'password' },
    },
    templates: {
      DATABASE_URL: `${database.url('{{ .database }}')}?pool=${POOL}`,
      REDIS_URL: broker.url('{{ .broker }}'),
      SECRET_KEY_BASE: '{{ .session }}',
      ADMIN_PASSWORD: '{{ .admin }}',
    },
  });
}

/** A version's web pods. */
export interface WebProps extends Required<Pick<WorkloadProps, 'instance' | 'awayFrom'>> {
  readonly image: string;
  readonly replicas: number;
}

/** Web pods of one version, behind a Service of its own. */
export function web(component: Component, app: Rails, { instance, image, ...props }: WebProps): Deployment {
  const deployment = new Deployment(component, {
    ...props,
    role: 'web',
    name: `${NAME}-${instance}`,
    instance,
    terminationGracePeriodSeconds: DRAIN_SECONDS + 30,
    containers: [webContainer(app, image)],
    volumes: [...VOLUMES, { name: 'config', configMap: { name: NAME } }],
  });
  deployment.service({ http: { port: 80, target: 'http' } });
  app.connect(deployment);
  return deployment;
}

function webContainer({ env }: Rails, image: string): ContainerProps {
  return {
    name: 'web',
    image,
    // In place of the image's own start, which migrates in every pod and keeps signals from the server. The folder
    // outlives the container, and with it the mark of a server that was killed.
    command: ['sh', '-c', `rm -f tmp/pids/server.pid && exec bundle exec rails server -b 0.0.0.0 -p ${HTTP_PORT}`],
    env,
    ports: { http: HTTP_PORT },
    resources: { cpu: '100m', cpuLimit: '1', memory: '512Mi' },
    startup: probe({ periodSeconds: 3, failureThreshold: 60 }),
    liveness: probe({ periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 4 }),
    // Says nothing of the database: without it all pods would leave at once, and nobody would be left to say so.
    readiness: probe({ periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }),
    lifecycle: { preStop: { exec: { command: ['sleep', String(DRAIN_SECONDS)] } } },
    mounts: { ...MOUNTS, '/postfacto/client/config.js': { volume: 'config', subPath: 'config.js' } },
  };
}

/** With the header that says that the request came by HTTPS; without it the answer is a redirect. */
function probe(timing: Omit<k8s.Probe, 'httpGet' | 'exec'>): k8s.Probe {
  return {
    httpGet: { path: '/', port: k8s.IntOrString.fromString('http'), httpHeaders: [{ name: 'X-Forwarded-Proto', value: 'https' }] },
    ...timing,
  };
}

/** A task of the application that runs on every sync. */
export interface RailsJobProps extends Pick<WorkloadProps, 'role' | 'initContainers' | 'volumes'> {
  readonly image: string;
  /** A rake task; it must be idempotent. */
  readonly task: string;
  readonly env?: ContainerProps['env'];
}

/** Runs one of the application's tasks. */
export function railsJob(component: Component, app: Rails, { role, image, task, env, initContainers, volumes = [] }: RailsJobProps): Job {
  const job = new Job(component, {
    role,
    activeDeadlineSeconds: 900,
    initContainers,
    containers: [
      {
        name: role,
        image,
        command: ['bundle', 'exec', 'rake', task],
        env: { ...app.env, ...env },
        resources: { cpu: '100m', cpuLimit: '1', memory: '512Mi' },
        mounts: MOUNTS,
      },
    ],
    volumes: [...VOLUMES, ...volumes],
  });
  app.connect(job);
  return job;
}

/** Where the application writes. */
const VOLUMES: readonly k8s.Volume[] = [scratch('tmp', '128Mi'), scratch('rails', '128Mi')];
const MOUNTS: NonNullable<ContainerProps['mounts']> = { '/tmp': { volume: 'tmp', readOnly: false }, '/postfacto/tmp': { volume: 'rails', readOnly: false } };

/** What the image would write at its start, into a file system that it may not write to. */
const BROWSER_CONFIG = `window.Retro = ${JSON.stringify(
  {
    config: {
      globalNamespace: 'Retro',
      title: 'Postfacto',
      api_base_url: '/api',
      websocket_url: '/cable',
      enable_analytics: false,
      contact: '',
      terms: '',
      privacy: '',
      google_oauth_client_id: '',
    },
  },
  null,
  2,
)};
`;
