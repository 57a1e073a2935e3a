import type { z } from 'zod';
import type { BackupTarget } from '../../cloud/cloud.ts';
import { Component } from '../../component.ts';
import { type ContainerProps, httpProbe, scratch } from '../../lib/container.ts';
import type { Endpoint } from '../../lib/network.ts';
import { generateSecret, type SecretStore, type StoredSecret, syncSecret } from '../../lib/secrets.ts';
import { bytesOf } from '../../lib/quantity.ts';
import { StatefulSet, type Storage } from '../../lib/stateful-set.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { objectStoreAlerts } from './alerts.ts';
import type { objectStoreSettings } from './settings.ts';

/** Props of the object store. */
export interface ObjectStoreProps extends Readonly<z.output<typeof objectStoreSettings>> {
  readonly image: string;
  readonly storage: Storage;
  readonly secrets: SecretStore;
}

/** What a client needs to use the object store. */
export interface ObjectStoreConnection {
  /** Base URL of its S3 API, with path-style buckets. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Keys `accessKey` and `secretKey`. */
  readonly credentials: StoredSecret;
  /** Port `s3`. */
  readonly server: Endpoint;
}

/** A backup target with access keys, because a local cluster has no cloud identity. */
export interface LocalBackupTarget extends BackupTarget {
  readonly store: ObjectStoreConnection;
}

const S3_PORT = 8333;
const METRICS_PORT = 9327;
const BUCKET = 'velero';

/**
 * An S3 server for a local cluster, so that backups work there as in production. It has one bucket, for backups.
 */
export class ObjectStore extends Component {
  override readonly rules: RuleGroup[];
  private readonly credentials: StoredSecret;
  private readonly workload: StatefulSet;

  /** @param name of the component: `object-store`, `object-store-cold` */
  constructor(name: string, props: ObjectStoreProps) {
    super(name, { tier: 'platform', keepNamespace: true });
    this.rules = [{ name, alerts: objectStoreAlerts(name) }];
    this.credentials = generateSecret(this, props.secrets, { name: 'keys', keys: ['accessKey', 'secretKey'] });
    this.workload = this.server(props, this.identities(props.secrets));
    this.workload.service({ s3: { port: S3_PORT, target: 's3' } }, { clusterIp: 'None' });
  }

  /** The connection of a client, which must call `connect` with `server`. */
  connection(): ObjectStoreConnection {
    return {
      endpoint: `http://${this.workload.name}.${this.namespace}.svc:${S3_PORT}`,
      bucket: BUCKET,
      credentials: this.credentials,
      server: this.workload.endpoint,
    };
  }

  /** The connection as a backup target. */
  backupTarget(): LocalBackupTarget {
    const store = this.connection();
    return {
      plugin: 'aws',
      bucket: store.bucket,
      // A region is required; its value does not matter.
      config: { region: 'us-east-1', s3ForcePathStyle: 'true', s3Url: store.endpoint },
      store,
    };
  }

  /** Adds the server's identities: one, for its only bucket. @returns the name of the Secret */
  private identities(secrets: SecretStore): string {
    const keys = { accessKey: '{{ .accessKey }}', secretKey: '{{ .secretKey }}' };
    const actions = ['Read', 'Write', 'List', 'Tagging'].map((action) => `${action}:${BUCKET}`);
    return syncSecret(this, secrets, 'identities', {
      values: {
        accessKey: { secret: this.credentials, key: 'accessKey' },
        secretKey: { secret: this.credentials, key: 'secretKey' },
      },
      templates: {
        's3.json': `${JSON.stringify({ identities: [{ name: BUCKET, credentials: [keys], actions }] }, null, 2)}\n`,
      },
    });
  }

  private server(props: ObjectStoreProps, identities: string): StatefulSet {
    const { image, size, storage, resources } = props;
    return new StatefulSet(this, {
      settings: props,
      role: 'server',
      serviceName: this.name,
      user: 1000,
      terminationGracePeriodSeconds: 60,
      containers: [server(image, resources?.limits?.memory)],
      volumes: [scratch('tmp', '256Mi'), { name: 'identities', secret: { secretName: identities } }],
      volumeClaims: [{ name: 'data', size, storage, noBackupBecause: 'it holds the backups' }],
    });
  }
}

/** All SeaweedFS servers in one process. The NetworkPolicy allows ingress to the S3 API and, if scraped, the metrics only. */
function server(image: string, memory = '1Gi'): ContainerProps {
  return {
    name: 'server',
    image,
    args: [
      'mini',
      '-dir=/data',
      // Its servers connect to each other at this address; the pod's would change on every restart.
      '-ip=127.0.0.1',
      '-ip.bind=0.0.0.0',
      `-s3.port=${S3_PORT}`,
      '-s3.config=/etc/seaweedfs-identities/s3.json',
      `-bucket=${BUCKET}`,
      '-s3.autoCreateBucket=false',
      '-s3.iam=false',
      '-s3.port.iceberg=0',
      '-s3.port.lance=0',
      '-webdav=false',
      '-admin.ui=false',
      '-master.telemetry=false',
      // It serves none without a port.
      `-metricsPort=${METRICS_PORT}`,
    ],
    // Soft limit of the Go heap, 400 MiB of 1 GiB; buffers of concurrent uploads exceed it.
    env: { GOMEMLIMIT: `${Math.floor((bytesOf(memory) / 2 ** 20) * (400 / 1024))}MiB` },
    ports: { s3: S3_PORT, metrics: METRICS_PORT },
    metrics: { port: 'metrics' },
    resources: { cpu: '50m', cpuLimit: '1', memory },
    startup: httpProbe('/healthz', 's3', { periodSeconds: 2, failureThreshold: 60 }),
    liveness: httpProbe('/healthz', 's3', { periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 }),
    readiness: httpProbe('/healthz', 's3', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }),
    mounts: {
      '/data': { volume: 'data', readOnly: false },
      // Unix sockets between its servers.
      '/tmp': { volume: 'tmp', readOnly: false },
      '/etc/seaweedfs-identities': { volume: 'identities' },
    },
  };
}
