import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, scratch } from '../../lib/container.ts';
import { exporterProbes } from '../../lib/exporter.ts';
import { connect } from '../../lib/network.ts';
import { bytesOf } from '../../lib/quantity.ts';
import { type SecretStore, type StoredSecret, syncSecret } from '../../lib/secrets.ts';
import { StatefulSet, type Storage } from '../../lib/stateful-set.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import { ASKED, health, healthProgram } from './health.ts';
import { SHELL } from './shell.ts';
import type { MongoTls } from './tls.ts';

/** UID of the image's user. It owns the data, so it must never change. */
export const MONGO_USER = 999;

export const PORT = 27017;
export const REPLICA_SET = 'rs0';

/** Hosts in the replica set configuration: full DNS names, because clients resolve them from other namespaces. */
export function hostsOf({ name, namespace = name }: Component, members: number): string[] {
  return Array.from({ length: members }, (_, i) => `${name}-${i}.${name}.${namespace}.svc.cluster.local:${PORT}`);
}

/** Props of the members; see MongoProps. */
export interface ReplicaSetProps {
  readonly settings: WorkloadSettings;
  readonly image: string;
  readonly exporterImage: string;
  readonly storage: Storage;
  /** How many there are. */
  readonly members: number;
  readonly size: string;
  readonly memory: string;
  /** Secret with the members' shared key, under the key `keyfile`. */
  readonly key: string;
  readonly secrets: SecretStore;
  /** Password of the user `exporter`. */
  readonly exporter: StoredSecret;
  readonly tls: MongoTls;
}

/** Volumes of the data and of the key file. */
const DATA = 'data';
const KEY = 'key';

/** The members, each on its own node. They are not ready before the set is initiated. */
export function replicaSet(component: Component, props: ReplicaSetProps): StatefulSet {
  const members = new StatefulSet(component, {
    settings: props.settings,
    role: 'server',
    replicas: props.members,
    serviceName: component.name,
    user: MONGO_USER,
    // A primary steps down and drains requests for 15 seconds, then writes a checkpoint.
    terminationGracePeriodSeconds: 90,
    initContainers: [keyFile(props)],
    containers: [server(props), health(props.image, PORT, props.tls), exporter(component, props)],
    volumes: [
      ...SHELL.volumes,
      ...props.tls.server.volumes,
      ...props.tls.clients.volumes,
      healthProgram(component),
      { name: 'key-source', secret: { secretName: props.key } },
      scratch(KEY, '1Mi', 'Memory'),
      // The image declares a volume here; without a mount every container start would create an anonymous one.
      scratch('configdb', '1Mi'),
    ],
    onChange: {
      [`Secret/${props.key}`]: {
        onlyAtStart: 'members with different keys reject each other: a roll would divide the set',
      },
    },
    volumeClaims: [
      {
        name: DATA,
        size: props.size,
        storage: props.storage,
        noBackupBecause: 'the dumps are backed up, and restored; members copy the rest from each other',
      },
    ],
  });
  connect(members.endpoint, members.endpoint, 'mongo');
  // Members must resolve each other before they are ready.
  members.service(
    { mongo: { port: PORT, target: 'mongo' }, metrics: { port: 9216, target: 'metrics' } },
    { clusterIp: 'None', publishNotReadyAddresses: true },
  );
  return members;
}

/** Copies the key file: the server rejects group-readable ones, which the files of a Secret volume are. */
function keyFile({ image }: ReplicaSetProps): ContainerProps {
  return {
    name: 'key-file',
    image,
    command: ['install', '--mode=0400', '/run/key-source/keyfile', '/run/key/keyfile'],
    resources: { cpu: '10m', cpuLimit: '100m', memory: '32Mi' },
    mounts: { '/run/key-source': { volume: 'key-source' }, '/run/key': { volume: KEY, readOnly: false } },
  };
}

function server({ image, memory, tls }: ReplicaSetProps): ContainerProps {
  return {
    name: 'mongod',
    image,
    // Bypasses the image's entry point, which first starts a server without authentication.
    command: [
      'mongod',
      `--replSet=${REPLICA_SET}`,
      '--bind_ip_all',
      '--auth',
      '--keyFile=/run/key/keyfile',
      `--wiredTigerCacheSizeGB=${cacheGigabytes(memory)}`,
      ...tls.arguments,
    ],
    env: SHELL.env,
    ports: { mongo: PORT },
    resources: { cpu: '250m', cpuLimit: '2', memory },
    // It listens once it has recovered from the journal, which may take minutes.
    startup: { tcpSocket: { port: k8s.IntOrString.fromString('mongo') }, periodSeconds: 5, failureThreshold: 120 },
    ...ASKED,
    mounts: {
      ...SHELL.mounts,
      ...tls.server.mounts,
      '/data/db': { volume: DATA, readOnly: false },
      '/data/configdb': { volume: 'configdb', readOnly: false },
      '/run/key': { volume: KEY },
    },
  };
}

/** MongoDB's default: half of the memory above 1 GiB, at least 256 MiB; the rest is for connections and sorting. */
function cacheGigabytes(memory: string): number {
  const gigabytes = bytesOf(memory) / 2 ** 30;
  return Math.max(0.25, Math.floor(((gigabytes - 1) / 2) * 100) / 100);
}

function exporter(
  component: Component,
  { exporterImage, secrets, exporter: password, tls }: ReplicaSetProps,
): ContainerProps {
  const secret = syncSecret(component, secrets, `${component.name}-exporter`, {
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
      MONGODB_URI: `mongodb://127.0.0.1:${PORT}/admin${tls.options && `?${tls.options}`}`,
      MONGODB_USER: 'exporter',
      MONGODB_PASSWORD: fromSecret(secret, 'password'),
    },
    ports: { metrics: 9216 },
    metrics: { port: 'metrics' },
    resources: { cpu: '20m', cpuLimit: '200m', memory: '96Mi' },
    mounts: tls.clients.mounts,
    ...exporterProbes('/'),
  };
}
