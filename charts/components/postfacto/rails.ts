import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, scratch } from '../../lib/container.ts';
import { connect } from '../../lib/network.ts';
import { generateSecret, type SecretStore, viewSecret } from '../../lib/secrets.ts';
import type { Workload } from '../../lib/workload.ts';
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

/** Prefix of its web pods, name of its Secret and of its ConfigMap. */
export const NAME = 'postfacto';

/** Threads of a web pod. */
const THREADS = 5;

/** Database connections of a pod: its threads and those that serve WebSockets, with some to spare. */
const POOL = 15;

/** The application's environment, its secrets and the settings of its browser part. */
export function rails(component: Component, props: RailsProps): Rails {
  const { database, broker } = props;
  new k8s.KubeConfigMap(component, `ConfigMap.${NAME}`, {
    metadata: { name: NAME },
    data: { 'config.js': BROWSER_CONFIG },
  });
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
      connect(process.endpoint, database.workload.endpoint, 'postgres');
      connect(process.endpoint, broker.workload.endpoint, 'valkey');
    },
  };
}

/** One Secret; connection strings are secret as a whole, because the password is part of them. */
function secrets(component: Component, { secrets: store, database, broker }: RailsProps): string {
  // Signs the sessions: with another one everybody is signed out, and with two, whoever changes pods.
  const session = generateSecret(component, store, { name: 'session', keys: ['secretKeyBase'], length: 128 });
  const admin = generateSecret(component, store, { name: 'admin', keys: ['password'] });
  return viewSecret(component, store, NAME, {
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

/** Where the application writes. */
export const VOLUMES: readonly k8s.Volume[] = [scratch('tmp', '128Mi'), scratch('rails', '128Mi')];
export const MOUNTS: NonNullable<ContainerProps['mounts']> = {
  '/tmp': { volume: 'tmp', readOnly: false },
  '/postfacto/tmp': { volume: 'rails', readOnly: false },
};

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
