import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, scratch } from '../../lib/container.ts';
import type { Trust } from '../../lib/internal-tls.ts';
import { connect } from '../../lib/network.ts';
import { generateSecret, type SecretStore, syncSecret } from '../../lib/secrets.ts';
import type { Workload } from '../../lib/workload.ts';
import type { Database } from './database.ts';
import { browserConfig, type WebConfig, webConfig } from './web-config.ts';
import type { postfactoSettings } from './settings.ts';
import type { Valkey } from './valkey.ts';

/** Props of the application; see PostfactoProps. */
export interface RailsProps {
  readonly secrets: SecretStore;
  readonly host: string;
  readonly settings: Omit<z.output<typeof postfactoSettings>, 'database'>;
  readonly database: Database;
  readonly broker: Valkey;
}

/** Configuration shared by all processes of the application. */
export interface Rails {
  readonly env: NonNullable<ContainerProps['env']>;
  /** What only the web pods have. */
  readonly web: WebConfig;
  readonly adminPassword: k8s.EnvVarSource;
  /** Connects a workload to the database and the broker. */
  connect(process: Workload): void;
  /** What its pods mount, all of them. */
  readonly trust: Trust;
}

/** Database connections of a pod in addition to one for each thread: for its WebSocket workers, with a reserve. */
const RESERVE = 10;

/** Environment, secrets and browser configuration of the application. */
export function rails(component: Component, props: RailsProps): Rails {
  const { database, broker } = props;
  const { name } = component;
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, {
    metadata: { name },
    data: { 'config.js': browserConfig(props.settings) },
  });
  const secret = secrets(component, props);
  return {
    env: {
      DATABASE_URL: fromSecret(secret, 'DATABASE_URL'),
      REDIS_URL: fromSecret(secret, 'REDIS_URL'),
      SECRET_KEY_BASE: fromSecret(secret, 'SECRET_KEY_BASE'),
      // An origin permitted to open WebSockets, besides that of the request's own host, such as the one of the next version
      // alone. DISABLE_SSL_REDIRECT is not set, because it also removes the attribute "secure" from cookies.
      ACTION_CABLE_HOST: props.host,
      SESSION_TIME: String(props.settings.sessionMinutes),
      RAILS_MAX_THREADS: String(props.settings.maxThreads),
      RAILS_LOG_TO_STDOUT: 'true',
      // The image's user has no home directory.
      HOME: '/tmp',
    },
    web: webConfig(props.settings),
    adminPassword: fromSecret(secret, 'ADMIN_PASSWORD'),
    trust: database.trust,
    connect: (process) => {
      database.connect(process);
      connect(process.endpoint, broker.workload.endpoint, 'valkey');
    },
  };
}

/** One Secret, including the connection strings, because they contain passwords. */
function secrets(component: Component, { secrets: store, settings, database, broker }: RailsProps): string {
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
      DATABASE_URL: `${database.url('{{ .database }}')}&pool=${settings.maxThreads + RESERVE}`,
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
