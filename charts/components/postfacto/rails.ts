import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, scratch } from '../../lib/container.ts';
import { connect } from '../../lib/network.ts';
import { generateSecret, type SecretStore, syncSecret } from '../../lib/secrets.ts';
import type { Workload } from '../../lib/workload.ts';
import type { Postgres } from './postgres.ts';
import type { Valkey } from './valkey.ts';

/** Props of the application; see PostfactoProps. */
export interface RailsProps {
  readonly secrets: SecretStore;
  readonly host: string;
  readonly sessionMinutes: number;
  readonly database: Postgres;
  readonly broker: Valkey;
}

/** Configuration shared by all processes of the application. */
export interface Rails {
  readonly env: NonNullable<ContainerProps['env']>;
  readonly adminPassword: k8s.EnvVarSource;
  /** Connects a workload to the database and the broker. */
  connect(process: Workload): void;
}

/** Threads of a web pod. */
const THREADS = 5;

/** Database connections per pod: for its threads and its WebSocket workers, with a reserve. */
const POOL = 15;

/** Environment, secrets and browser configuration of the application. */
export function rails(component: Component, props: RailsProps): Rails {
  const { database, broker } = props;
  const { name } = component;
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, {
    metadata: { name },
    data: { 'config.js': BROWSER_CONFIG },
  });
  const secret = secrets(component, props);
  return {
    env: {
      DATABASE_URL: fromSecret(secret, 'DATABASE_URL'),
      REDIS_URL: fromSecret(secret, 'REDIS_URL'),
      SECRET_KEY_BASE: fromSecret(secret, 'SECRET_KEY_BASE'),
      // The only origin permitted to open WebSockets. DISABLE_SSL_REDIRECT is not set, because it also removes the
      // attribute "secure" from cookies.
      ACTION_CABLE_HOST: props.host,
      SESSION_TIME: String(props.sessionMinutes),
      RAILS_MAX_THREADS: String(THREADS),
      RAILS_LOG_TO_STDOUT: 'true',
      // The image's user has no home directory.
      HOME: '/tmp',
    },
    adminPassword: fromSecret(secret, 'ADMIN_PASSWORD'),
    connect: (process) => {
      connect(process.endpoint, database.workload.endpoint, 'postgres');
      connect(process.endpoint, broker.workload.endpoint, 'valkey');
    },
  };
}

/** One Secret, including the connection strings, because they contain passwords. */
function secrets(component: Component, { secrets: store, database, broker }: RailsProps): string {
  // Signs the sessions: another key would sign out all users, so all pods share one.
  const session = generateSecret(component, store, { name: 'session', keys: ['secretKeyBase'], length: 128 });
  const admin = generateSecret(component, store, { name: 'admin', keys: ['password'] });
  return syncSecret(component, store, component.name, {
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

/** Writable volumes of the application. */
export const VOLUMES: readonly k8s.Volume[] = [scratch('tmp', '128Mi'), scratch('rails', '128Mi')];
export const MOUNTS: NonNullable<ContainerProps['mounts']> = {
  '/tmp': { volume: 'tmp', readOnly: false },
  '/postfacto/tmp': { volume: 'rails', readOnly: false },
};

/** Configuration that the image would write at startup, which a read-only root file system prevents. */
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
