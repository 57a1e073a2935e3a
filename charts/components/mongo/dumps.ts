import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { beforeBackup } from '../../lib/backup.ts';
import { type ContainerProps, execProbe } from '../../lib/container.ts';
import type { Drill } from '../../lib/drill.ts';
import { endDump, removeOldDumps } from '../../lib/dump.ts';
import { connect, type Endpoint } from '../../lib/network.ts';
import { type SecretStore, type StoredSecret, syncSecret } from '../../lib/secrets.ts';
import { StatefulSet, type Storage } from '../../lib/stateful-set.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import { DOCUMENTS_SCRIPT, FILES } from './documents-script.ts';
import { MONGO_USER } from './replica-set.ts';
import { SHELL } from './shell.ts';
import type { MongoTls } from './tls.ts';
import { VERIFY_SCRIPT } from './verify-script.ts';

/** Props of the dumps; see MongoProps. */
export interface DumpsProps {
  readonly settings: WorkloadSettings;
  readonly image: string;
  readonly storage: Storage;
  /** Sizes of the data and of the volume with dumps of it. */
  readonly size: string;
  readonly dumpSize: string;
  readonly secrets: SecretStore;
  /** Password of the user `backup`. */
  readonly backup: StoredSecret;
  /** Addresses of the members. */
  readonly hosts: readonly string[];
  readonly servers: Endpoint;
  readonly tls: MongoTls;
}

const DUMP = 'dump';

/**
 * An idle pod in which Velero runs a dump before it backs up the volume: a consistent dump of all data, restored by
 * `mongorestore --archive --gzip --oplogReplay`.
 *
 * @returns how it is proved that a backup of them can be restored
 */
export function dumps(
  component: Component,
  { settings, image, storage, secrets, size, dumpSize, backup, hosts, servers, tls }: DumpsProps,
): Drill {
  const name = `${component.name}-dump`;
  // In a file, because processes on the node can read arguments.
  const password = syncSecret(component, secrets, name, {
    values: { password: { secret: backup, key: 'password' } },
    templates: { 'mongodump.yaml': 'password: {{ .password }}\n' },
  });
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, {
    metadata: { name },
    data: { 'dump.sh': DUMP_SCRIPT, 'documents.js': DOCUMENTS_SCRIPT, 'verify.sh': VERIFY_SCRIPT },
  });
  const pod = new StatefulSet(component, {
    settings,
    role: DUMP,
    serviceName: name,
    user: MONGO_USER,
    containers: [container(image, hosts, tls)],
    volumes: [
      ...SHELL.volumes,
      ...tls.clients.volumes,
      { name: 'program', configMap: { name } },
      { name: 'password', secret: { secretName: password } },
    ],
    onChange: {
      ...tls.clients.onChange,
      [`ConfigMap/${name}`]: { watches: 'each dump runs the file as it is then' },
      [`Secret/${password}`]: { watches: 'each dump reads the file as it is then' },
    },
    podAnnotations: beforeBackup({ container: DUMP, command: ['bash', '/etc/dump/dump.sh'], timeout: '2h' }),
    volumeClaims: [{ name: DUMP, size: dumpSize, storage }],
  });
  // Required by the StatefulSet; it has no clients, so no port.
  new k8s.KubeService(component, `Service.${name}`, {
    metadata: { name },
    spec: { clusterIp: 'None', selector: { ...pod.labels } },
  });
  connect(pod.endpoint, servers, 'mongo');
  return {
    namespace: component.namespace!,
    pod: `${name}-0`,
    labels: pod.labels,
    claim: `${DUMP}-${name}-0`,
    container: DUMP,
    others: [],
    script: VERIFY_SCRIPT,
    scratch: { size, storage },
  };
}

function container(image: string, hosts: readonly string[], tls: MongoTls): ContainerProps {
  return {
    name: DUMP,
    image,
    // PID 1 ignores SIGTERM unless it is trapped.
    command: ['bash', '-c', 'trap exit TERM; sleep infinity & wait'],
    env: { ...SHELL.env, HOSTS: hosts.join(' '), TLS: tls.options && `&${tls.options}` },
    resources: { cpu: '10m', cpuLimit: '1', memory: '512Mi' },
    // Between dumps the probes only check the volume.
    liveness: execProbe(['test', '-d', '/dump'], { periodSeconds: 60, timeoutSeconds: 10, failureThreshold: 5 }),
    readiness: execProbe(['test', '-w', '/dump'], { periodSeconds: 60, timeoutSeconds: 10 }),
    mounts: {
      ...SHELL.mounts,
      ...tls.clients.mounts,
      '/etc/dump': { volume: 'program' },
      '/run/password': { volume: 'password' },
      '/dump': { volume: DUMP, readOnly: false },
    },
  };
}

const DUMP_SCRIPT = `#!/bin/bash
set -euo pipefail
cd /dump

state() {
  mongosh --quiet --norc "mongodb://$1/?directConnection=true&serverSelectionTimeoutMS=5000$TLS" \\
    --eval 'const { secondary, isWritablePrimary } = db.hello(); print(secondary ? "secondary" : isWritablePrimary ? "primary" : "neither")' || true
}

# From one member from beginning to end, since the oplog of another may not fit. A secondary, so that the primary keeps
# its cache for the clients; the primary only if there is no other.
source=''
for host in $HOSTS; do
  case "$(state "$host")" in
    secondary)
      source=$host
      break
      ;;
    primary) source=$host ;;
  esac
done
if [[ -z $source ]]; then
  echo 'no member can be read from' >&2
  exit 1
fi

${removeOldDumps(FILES)}

# Runs a function of documents.js there.
documents() {
  mongosh --quiet --norc "mongodb://$source/?directConnection=true&serverSelectionTimeoutMS=5000$TLS" \\
    --eval "load('/etc/dump/documents.js'); $1()"
}

documents count
mongodump --config=/run/password/mongodump.yaml --uri="mongodb://backup@$source/?directConnection=true&authSource=admin$TLS" \\
  --oplog --gzip --archive=dump.partial
documents bound
${endDump(FILES)}
`;
