import type { BackupTarget, Identity } from '../../cloud/cloud.ts';
import { Component } from '../../component.ts';
import { lazy } from '../../lib/lazy.ts';
import { API_SERVER, connect } from '../../lib/network.ts';
import { generateSecret, type SecretStore, type StoredSecret, viewSecret } from '../../lib/secrets.ts';
import type { BackupStorageLocation, Schedule, VolumeSnapshotClass } from '../../lib/types/velero.ts';
import type { LocalBackupTarget } from '../object-store/object-store.ts';
import { nodeAgent } from './node-agent.ts';
import { configuration, type VeleroPods } from './pods.ts';
import { server, type ServerProps } from './server.ts';

/** Props of Velero. */
export interface VeleroProps {
  readonly images: {
    readonly server: string;
    /** The object store plugin that the target asks for. */
    readonly plugin: string;
  };
  /** Where backups go, and how volumes get there. */
  readonly target: BackupTarget | LocalBackupTarget;
  /** Who its pods are to the cloud. */
  readonly identity: Identity;
  readonly secrets: SecretStore;
  /** Every namespace with a volume that belongs into backups; asked when all of them are composed. */
  readonly namespaces: () => readonly string[];
  /** Five fields of cron, in UTC. */
  readonly schedule: string;
  /** Days that a backup is kept. */
  readonly retentionDays: number;
}

/** The BackupStorageLocation that backups go to unless they name another: the server looks for this name. */
const LOCATION = 'default';

/**
 * Backs up the volumes of the cluster, and the objects around them, to an object store: as CSI snapshots whose
 * content is moved there, or file by file where there are no snapshots.
 *
 * Its namespace cannot be `restricted`, because the pods that Velero starts to move data run as root: they read and
 * write files of every owner. `baseline` allows that. Files on the nodes lie in a folder of the kubelet, and pods
 * that mount it need `privileged`.
 */
export class Velero extends Component {
  constructor(props: VeleroProps) {
    super('velero', { tier: 'platform', podSecurity: props.target.snapshotDriver ? 'baseline' : 'privileged' });
    const { images, secrets, target } = props;
    const pods = podsOf(props);
    server(this, { ...pods, plugin: images.plugin, repositoryPassword: this.repositoryPassword(secrets) });
    nodeAgent(this, pods);
    if ('store' in target) connect(this, target.store.server, 's3');
    this.location(target, 'store' in target ? this.accessKeys(target.store.credentials, secrets) : undefined);
    this.schedule(props);
    if (target.snapshotDriver) this.snapshotClass(target.snapshotDriver);
  }

  /**
   * What the volumes' content is encrypted with: a cluster that restores from here needs the same. A server that
   * starts without it would make one of its own, with a password that everybody knows, and keep that for good.
   */
  private repositoryPassword(secrets: SecretStore): ServerProps['repositoryPassword'] {
    const generated = generateSecret(this, secrets, { name: 'repository', keys: ['password'] });
    const key = 'repository-password';
    const secret = viewSecret(this, secrets, 'velero-repo-credentials', {
      values: { password: { secret: generated, key: 'password' } },
      templates: { [key]: '{{ .password }}' },
    });
    return { secret, key };
  }

  /** Access keys as a file of the AWS client library, which the plugin hands them to. */
  private accessKeys(secret: StoredSecret, secrets: SecretStore): { readonly name: string; readonly key: string } {
    const key = 'cloud';
    const name = viewSecret(this, secrets, 'access-keys', {
      values: { accessKey: { secret, key: 'accessKey' }, secretKey: { secret, key: 'secretKey' } },
      templates: { [key]: '[default]\naws_access_key_id={{ .accessKey }}\naws_secret_access_key={{ .secretKey }}\n' },
    });
    return { name, key };
  }

  private location(
    { plugin, bucket, config }: BackupTarget,
    credential: { readonly name: string; readonly key: string } | undefined,
  ): void {
    this.add<BackupStorageLocation>({
      apiVersion: 'velero.io/v1',
      kind: 'BackupStorageLocation',
      metadata: { name: LOCATION },
      spec: { provider: plugin, objectStorage: { bucket }, config, credential, accessMode: 'ReadWrite', default: true },
    });
  }

  private schedule({ namespaces, schedule, retentionDays, target }: VeleroProps): void {
    const snapshots = target.snapshotDriver !== undefined;
    this.add<Schedule>({
      apiVersion: 'velero.io/v1',
      kind: 'Schedule',
      metadata: { name: 'volumes' },
      spec: {
        schedule,
        // A list of no namespaces would mean every one that there is.
        paused: lazy(() => namespaces().length === 0 || undefined),
        // Backups outlive their Schedule: nobody loses them by taking it out.
        useOwnerReferencesInBackup: false,
        template: {
          storageLocation: LOCATION,
          includedNamespaces: lazy(() => sorted(namespaces(), this.name)),
          // They come back from the secret store; in a backup they would lie in the open.
          excludedResources: ['secrets'],
          ttl: `${retentionDays * 24}h0m0s`,
          snapshotVolumes: snapshots,
          snapshotMoveData: snapshots,
          defaultVolumesToFsBackup: !snapshots,
          resourcePolicy: snapshots ? undefined : { kind: 'configmap', name: this.volumePolicies() },
        },
      },
    });
  }

  /** A copy of every volume of every pod would have those that end with their pod among them. */
  private volumePolicies(): string {
    return configuration(this, 'volume-policies', {
      policies: {
        version: 'v1',
        volumePolicies: [{ conditions: { volumeTypes: ['emptyDir'] }, action: { type: 'skip' } }],
      },
    });
  }

  /** Snapshots live only until their content is moved, which is why the cloud's go with their objects. */
  private snapshotClass(driver: string): void {
    this.add<VolumeSnapshotClass>({
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshotClass',
      metadata: { name: this.name, labels: { 'velero.io/csi-volumesnapshot-class': 'true' } },
      driver,
      deletionPolicy: 'Delete',
    });
  }
}

function podsOf({ images, identity, target }: VeleroProps): VeleroPods {
  return {
    image: images.server,
    identity,
    egress: [API_SERVER, ...identity.openings],
    filesFromNodes: target.snapshotDriver === undefined,
  };
}

/** The namespaces to back up; where there is none, Velero's own, of a Schedule that is paused. */
function sorted(namespaces: readonly string[], own: string): string[] {
  return namespaces.length > 0 ? [...new Set(namespaces)].sort() : [own];
}
