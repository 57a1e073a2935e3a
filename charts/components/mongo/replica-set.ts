import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { noFileCopyOf } from '../../lib/backup.ts';
import { type ContainerProps, execProbe, fromSecret, httpProbe, scratch } from '../../lib/container.ts';
import { connect } from '../../lib/network.ts';
import { bytesOf } from '../../lib/quantity.ts';
import { type SecretStore, type StoredSecret, viewSecret } from '../../lib/secrets.ts';
import { StatefulSet, type Storage } from '../../lib/stateful-set.ts';
import { SHELL } from './shell.ts';

/** The image's user: the owner of the data, so it never changes. */
export const MONGO_USER = 999;

export const PORT = 27017;
export const REPLICA_SET = 'rs0';

const NAME = 'mongo';

/** Members by the full names that the configuration of the set holds; clients look them up from other namespaces. */
export const HOSTS: readonly string[] = [0, 1, 2].map((i) => `${NAME}-${i}.${NAME}.${NAME}.svc.cluster.local:${PORT}`);

/** What the members need to know; see MongoProps. */
export interface ReplicaSetProps {
  readonly image: string;
  readonly exporterImage: string;
  readonly storage: Storage;
  readonly size: string;
  readonly memory: string;
  readonly fileBackups?: boolean;
  /** Secret whose key `keyfile` is the secret that members share. */
  readonly key: string;
  readonly secrets: SecretStore;
  /** Password of the user `exporter`. */
  readonly exporter: StoredSecret;
}

/** Disk of the data, and volume of the key file. */
const DATA = 'data';
const KEY = 'key';

/** The members, each on a node of its own. They wait for their first configuration, and are not ready before. */
export function replicaSet(component: Component, props: ReplicaSetProps): StatefulSet {
  const members = new StatefulSet(component, {
    role: 'server',
    replicas: HOSTS.length,
    serviceName: NAME,
    user: MONGO_USER,
    // A primary hands over first and lets requests end for 15 seconds; then comes a checkpoint.
    terminationGracePeriodSeconds: 90,
    initContainers: [keyFile(props)],
    containers: [server(props), exporter(component, props)],
    volumes: [
      ...SHELL.volumes,
      { name: 'key-source', secret: { secretName: props.key } },
      scratch(KEY, '1Mi', 'Memory'),
      // Declared as a volume by the image; left alone, each container start would leave one behind.
      scratch('configdb', '1Mi'),
    ],
    podAnnotations: props.fileBackups ? noFileCopyOf(DATA) : undefined,
    volumeClaims: [
      {
        name: DATA,
        size: props.size,
        storage: props.storage,
        // Snapshots hold data and journal at one instant, and a member recovers from that as from a crash; copied files do not.
        noBackupBecause: props.fileBackups
          ? 'files copied under a running database do not fit together; the dumps are backed up'
          : undefined,
      },
    ],
  });
  connect(members.endpoint, members.endpoint, 'mongo');
  // Members must find each other before any of them is ready.
  members.service(
    { mongo: { port: PORT, target: 'mongo' }, metrics: { port: 9216, target: 'metrics' } },
    { clusterIp: 'None', publishNotReadyAddresses: true },
  );
  return members;
}

/** The server takes no key file that others may read, and a Secret's volume is the group's to read. */
function keyFile({ image }: ReplicaSetProps): ContainerProps {
  return {
    name: 'key-file',
    image,
    command: ['install', '--mode=0400', '/run/key-source/keyfile', '/run/key/keyfile'],
    resources: { cpu: '10m', cpuLimit: '100m', memory: '32Mi' },
    mounts: { '/run/key-source': { volume: 'key-source' }, '/run/key': { volume: KEY, readOnly: false } },
  };
}

function server({ image, memory }: ReplicaSetProps): ContainerProps {
  return {
    name: 'mongod',
    image,
    // Not by the image's entry point, which starts without authentication for a first user of its own.
    command: [
      'mongod',
      `--replSet=${REPLICA_SET}`,
      '--bind_ip_all',
      '--auth',
      '--keyFile=/run/key/keyfile',
      `--wiredTigerCacheSizeGB=${cacheGigabytes(memory)}`,
    ],
    env: SHELL.env,
    ports: { mongo: PORT },
    resources: { cpu: '250m', cpuLimit: '2', memory },
    // It listens once it has recovered from its journal, which may take minutes.
    startup: { tcpSocket: { port: k8s.IntOrString.fromString('mongo') }, periodSeconds: 5, failureThreshold: 120 },
    // True for a member that catches up as well: a restart would only set it back.
    liveness: shellProbe('db.adminCommand({ ping: 1 })', {
      periodSeconds: 30,
      timeoutSeconds: 20,
      failureThreshold: 4,
    }),
    readiness: shellProbe(
      'const { isWritablePrimary, secondary } = db.hello(); if (!isWritablePrimary && !secondary) quit(1)',
      {
        periodSeconds: 15,
        timeoutSeconds: 10,
        failureThreshold: 2,
      },
    ),
    mounts: {
      ...SHELL.mounts,
      '/data/db': { volume: DATA, readOnly: false },
      '/data/configdb': { volume: 'configdb', readOnly: false },
      '/run/key': { volume: KEY },
    },
  };
}

/** Half of the memory above 1 GiB, which leaves the rest to connections, sorting and the page cache; at least 256 MiB: the server's own rule. */
function cacheGigabytes(memory: string): number {
  const gigabytes = bytesOf(memory) / 2 ** 30;
  return Math.max(0.25, Math.floor(((gigabytes - 1) / 2) * 100) / 100);
}

/** Needs no password: ping and hello are for everybody. */
function shellProbe(script: string, timing: Omit<k8s.Probe, 'httpGet' | 'exec'>): k8s.Probe {
  return execProbe(['mongosh', '--quiet', '--norc', '--eval', script], timing);
}

function exporter(
  component: Component,
  { exporterImage, secrets, exporter: password }: ReplicaSetProps,
): ContainerProps {
  const secret = viewSecret(component, secrets, 'mongo-exporter', {
    values: { password: { secret: password, key: 'password' } },
  });
  return {
    name: 'exporter',
    image: exporterImage,
    args: [
      '--mongodb.direct-connect',
      '--collector.replicasetstatus',
      '--collector.diagnosticdata',
      '--web.listen-address=:9216',
      '--log.level=warn',
    ],
    env: {
      MONGODB_URI: `mongodb://127.0.0.1:${PORT}/admin`,
      MONGODB_USER: 'exporter',
      MONGODB_PASSWORD: fromSecret(secret, 'password'),
    },
    ports: { metrics: 9216 },
    resources: { cpu: '20m', cpuLimit: '200m', memory: '96Mi' },
    // Neither says anything of the database: the exporter is up when the database is not, to tell so.
    liveness: httpProbe('/', 'metrics', {
      initialDelaySeconds: 10,
      periodSeconds: 30,
      timeoutSeconds: 5,
      failureThreshold: 3,
    }),
    readiness: { tcpSocket: { port: k8s.IntOrString.fromString('metrics') }, periodSeconds: 15 },
  };
}
