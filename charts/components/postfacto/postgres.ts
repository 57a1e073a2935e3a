import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { beforeBackup } from '../../lib/backup.ts';
import { type ContainerProps, execProbe, fromSecret, scratch } from '../../lib/container.ts';
import type { Drill } from '../../lib/drill.ts';
import type { InternalAuthority } from '../../lib/internal-tls.ts';
import { connect } from '../../lib/network.ts';
import { DATA_PRIORITY } from '../../lib/priority.ts';
import { generateSecret, type SecretStore, syncSecret } from '../../lib/secrets.ts';
import { StatefulSet, type Storage } from '../../lib/stateful-set.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import { type Database, waitFor } from './database.ts';
import { CONTAINER as EXPORTER_CONTAINER, postgresExporter } from './postgres-exporter.ts';
import { type PostgresTls, postgresTls, VERIFY_PARAMETERS, VERIFY_SERVER } from './postgres-tls.ts';
import { APP, COLLATION, DATABASE_SQL, DUMP_SCRIPT, VERIFY_SCRIPT } from './postgres-scripts.ts';

/** Props of the database; see PostfactoProps. */
export interface PostgresProps {
  readonly settings: WorkloadSettings;
  /** PostgreSQL 17, on Debian. */
  readonly image: string;
  readonly exporterImage: string;
  readonly storage: Storage;
  readonly secrets: SecretStore;
  readonly size: string;
  readonly dumpSize: string;
  /** Signs the certificate of the server. */
  readonly authority: () => InternalAuthority;
}

const PORT = 5432;
/** UID of the image's user on Debian. It owns the data, so it must never change. */
const USER = 999;

/** Name of the Secret with the password of the exporter, under the key `password`. @param name of the Service */
const exporterSecret = (name: string): string => `${name}-exporter`;

/** Container of the server. */
const SERVER = 'postgres';

const DATA = 'data';
const DUMP = 'dump';

/** One PostgreSQL server, with a volume for its data and one for dumps. */
export function postgres(component: Component, props: PostgresProps): Database {
  const name = `${component.name}-postgres`;
  const password = generateSecret(component, props.secrets, { name: 'postgres', keys: ['superuser', 'password'] });
  syncSecret(component, props.secrets, name, {
    values: { superuser: { secret: password, key: 'superuser' }, password: { secret: password, key: 'password' } },
  });
  // A secret of its own: a key that is added to an entry of the store gets no value.
  const exporter = generateSecret(component, props.secrets, { name: 'postgres-exporter', keys: ['password'] });
  syncSecret(component, props.secrets, exporterSecret(name), {
    values: { password: { secret: exporter, key: 'password' } },
  });
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, {
    metadata: { name },
    data: { 'dump.sh': DUMP_SCRIPT, 'verify.sh': VERIFY_SCRIPT, 'database.sql': DATABASE_SQL },
  });
  const tls = postgresTls(component, name, props.authority());
  const workload = server(component, props, name, tls);
  return {
    workload,
    drill: drill(component, props, workload),
    password,
    trust: tls.clients,
    url: (value) => `postgres://${APP}:${value}@${tls.host}:${PORT}/${APP}?${VERIFY_PARAMETERS}`,
    wait: waitFor(props.image, `--host=${tls.host} --username=postgres`),
    reconcile: {
      container: reconcile(props.image, name, tls),
      volumes: [...volumes(name), { name: 'exporter', secret: { secretName: exporterSecret(name) } }],
    },
    connect: (client) => connect(client.endpoint, workload.endpoint, 'postgres'),
  };
}

/** @param name of the Service, of the Secret and of the ConfigMap */
function server(component: Component, props: PostgresProps, name: string, tls: PostgresTls): StatefulSet {
  const { storage } = props;
  const workload = new StatefulSet(component, {
    settings: props.settings,
    role: 'postgres',
    serviceName: name,
    user: USER,
    priorityClassName: DATA_PRIORITY,
    // The image's stop signal closes connections and writes a checkpoint, which takes a while.
    terminationGracePeriodSeconds: 90,
    containers: [
      container(props.image, tls),
      postgresExporter({ image: props.exporterImage, secret: exporterSecret(name), port: PORT }),
    ],
    volumes: [
      ...volumes(name),
      ...tls.server.volumes,
      scratch('run', '1Mi'),
      scratch('tmp', '64Mi'),
      scratch('shm', '64Mi', 'Memory'),
    ],
    onChange: {
      ...tls.onChange,
      [`ConfigMap/${name}`]: { watches: 'each dump runs the file as it is then; the server reads none' },
      [`Secret/${name}`]: { onlyAtStart: 'a password counts when the data is initialized; later SQL changes it' },
    },
    podAnnotations: beforeBackup({
      container: SERVER,
      command: ['bash', '/etc/postgres/dump.sh'],
      timeout: '1h',
    }),
    volumeClaims: [
      {
        name: DATA,
        size: props.size,
        storage,
        noBackupBecause: 'the dumps are backed up, and restored',
      },
      { name: DUMP, size: props.dumpSize, storage },
    ],
  });
  workload.service({ postgres: { port: PORT, target: 'postgres' } }, { clusterIp: 'None' });
  return workload;
}

function drill(component: Component, { size, storage }: PostgresProps, { name, labels }: StatefulSet): Drill {
  return {
    namespace: component.namespace!,
    pod: `${name}-0`,
    labels,
    claim: `${DUMP}-${name}-0`,
    container: SERVER,
    others: [EXPORTER_CONTAINER],
    script: VERIFY_SCRIPT,
    scratch: { size, storage },
  };
}

function container(image: string, tls: PostgresTls): ContainerProps {
  return {
    name: SERVER,
    image,
    args: tls.arguments,
    env: {
      // A subdirectory, because the root of a new volume may not be empty.
      PGDATA: '/var/lib/postgresql/data/pgdata',
      POSTGRES_PASSWORD_FILE: '/run/password/superuser',
      // A password on the loopback address too, which the exporter shares; without one, the superuser connects by the Unix
      // socket only.
      POSTGRES_INITDB_ARGS: `--data-checksums ${COLLATION} --auth-host=scram-sha-256`,
    },
    ports: { postgres: PORT },
    resources: { cpu: '100m', cpuLimit: '1', memory: '512Mi' },
    // During initialization it listens on its socket only; crash recovery may take minutes.
    startup: execProbe(ANSWERS, { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 }),
    liveness: execProbe(ANSWERS, { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 4 }),
    readiness: execProbe(IS_READY, { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 2 }),
    mounts: {
      ...MOUNTS,
      ...tls.server.mounts,
      '/var/lib/postgresql/data': { volume: DATA, readOnly: false },
      '/dump': { volume: DUMP, readOnly: false },
      '/var/run/postgresql': { volume: 'run', readOnly: false },
      '/tmp': { volume: 'tmp', readOnly: false },
      '/dev/shm': { volume: 'shm', readOnly: false },
    },
  };
}

const IS_READY = ['pg_isready', '--host=127.0.0.1', '--username=postgres'];

/** Also succeeds while the server rejects connections (exit code 1): during startup, shutdown and recovery. */
const ANSWERS = ['bash', '-c', `${IS_READY.join(' ')} || [[ $? -eq 1 ]]`];

const MOUNTS: NonNullable<ContainerProps['mounts']> = {
  '/etc/postgres': { volume: 'scripts' },
  '/run/password': { volume: 'password' },
};

function volumes(name: string): k8s.Volume[] {
  return [
    { name: 'scripts', configMap: { name } },
    { name: 'password', secret: { secretName: name } },
  ];
}

function reconcile(image: string, name: string, { host, clients }: PostgresTls): ContainerProps {
  return {
    name: 'database',
    image,
    command: ['psql', `--host=${host}`, '--username=postgres', '--dbname=postgres', '--no-password', '--no-psqlrc'],
    args: ['--set=ON_ERROR_STOP=1', '--file=/etc/postgres/database.sql'],
    env: { ...VERIFY_SERVER, PGPASSWORD: fromSecret(name, 'superuser'), PGCONNECT_TIMEOUT: '10' },
    resources: { cpu: '10m', cpuLimit: '200m', memory: '64Mi' },
    mounts: { ...MOUNTS, ...clients.mounts, '/run/exporter': { volume: 'exporter' } },
  };
}
