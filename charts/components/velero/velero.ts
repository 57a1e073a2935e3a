import type { z } from 'zod';
import type { BackupTarget, WorkloadIdentity } from '../../cloud/cloud.ts';
import { Component } from '../../component.ts';
import { SKIPPED } from '../../lib/no-backup.ts';
import { lazy } from '../../lib/lazy.ts';
import { API_SERVER, connect } from '../../lib/network.ts';
import { generateSecret, type SecretStore, type StoreEntry, syncSecret } from '../../lib/secrets.ts';
import type { BackupStorageLocation, Schedule, VolumeSnapshotClass } from '../../lib/types/velero.ts';
import type { LocalBackupTarget } from '../object-store/object-store.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { veleroAlerts } from './alerts.ts';
import { nodeAgent } from './node-agent.ts';
import { configuration, type VeleroPods } from './pods.ts';
import { longestGap } from './schedule.ts';
import { server, type ServerProps } from './server.ts';
import type { veleroSettings } from './settings.ts';
import dashboard from './dashboards/velero.json' with { type: 'json' };

/** Props of Velero. */
export interface VeleroProps extends Readonly<z.output<typeof veleroSettings>> {
  readonly images: {
    readonly server: string;
    /** Object store plugin of the target. */
    readonly plugin: string;
  };
  /** What it asks for at this version. */
  readonly upstream: Upstream;
  /** Where backups are stored, and how volume data gets there. */
  readonly target: BackupTarget | LocalBackupTarget;
  /** Cloud identity of its pods. */
  readonly identity: WorkloadIdentity;
  readonly secrets: SecretStore;
  /** Namespaces with volumes to back up; evaluated when the Schedule is rendered. */
  readonly namespaces: () => readonly string[];
}

/** Name of the default BackupStorageLocation, which the server expects. */
const LOCATION = 'default';
/** Name of the Schedule of all volumes. */
const SCHEDULE = 'volumes';

/**
 * Velero: backs up volumes, and the objects in their namespaces, to an object store: by CSI snapshots with data
 * movement, or by file-system backup where there are no snapshots.
 *
 * Its namespace cannot be `restricted`, because data mover pods run as root to read and write files of any owner, which
 * `baseline` allows. File-system backups need `privileged`, because they mount the kubelet's directory by hostPath.
 */
export class Velero extends Component {
  override readonly rules: readonly RuleGroup[];

  override readonly dashboards = [dashboard];
  /** Where the backups of all volumes are: the namespace and the name of their Schedule. */
  readonly backups = { namespace: this.name, schedule: SCHEDULE };

  constructor(props: VeleroProps) {
    super('velero', { tier: 'platform', podSecurity: props.target.snapshotDriver ? 'baseline' : 'privileged' });
    const { images, secrets, target } = props;
    const pods = commonPodProps(props);
    server(this, {
      ...pods,
      settings: props,
      plugin: images.plugin,
      upstream: props.upstream,
      repositoryPassword: this.repositoryPassword(secrets),
    });
    nodeAgent(this, { ...pods, settings: props.nodeAgent });
    if ('store' in target) connect(this, target.store.server, 's3');
    const keys = accessKeysOf(props);
    this.location(target, keys && this.accessKeys(keys, secrets));
    this.schedule(props);
    this.rules = [alertsOf(props)];
    if (target.snapshotDriver) this.snapshotClass(target.snapshotDriver);
  }

  /**
   * The encryption password of the repositories; a cluster that restores from them needs the same one. Without the
   * Secret the server would create one with a publicly known default password, and keep using it.
   */
  private repositoryPassword(secrets: SecretStore): ServerProps['repositoryPassword'] {
    const generated = generateSecret(this, secrets, { name: 'repository', keys: ['password'] });
    const key = 'repository-password';
    const secret = syncSecret(this, secrets, 'velero-repo-credentials', {
      values: { password: { secret: generated, key: 'password' } },
      templates: { [key]: '{{ .password }}' },
    });
    return { secret, key };
  }

  /** The access keys as an AWS credentials file, for the plugin. */
  private accessKeys(secret: StoreEntry, secrets: SecretStore): { readonly name: string; readonly key: string } {
    const key = 'cloud';
    const name = syncSecret(this, secrets, 'access-keys', {
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
      metadata: { name: SCHEDULE },
      spec: {
        schedule,
        // An empty list of namespaces would mean all of them.
        paused: lazy(() => namespaces().length === 0 || undefined),
        // Backups must outlive their Schedule.
        useOwnerReferencesInBackup: false,
        template: {
          storageLocation: LOCATION,
          includedNamespaces: lazy(() => sorted(namespaces(), this.name)),
          // Secrets are restored from the secret store; the backup would contain them unencrypted.
          excludedResources: ['secrets'],
          ttl: `${retentionDays * 24}h0m0s`,
          snapshotVolumes: snapshots,
          snapshotMoveData: snapshots,
          defaultVolumesToFsBackup: !snapshots,
          resourcePolicy: { kind: 'configmap', name: this.volumePolicies(snapshots) },
        },
      },
    });
  }

  /** Volumes that no procedure restores are skipped; file-system backups would otherwise include emptyDir volumes, too. */
  private volumePolicies(snapshots: boolean): string {
    const skipped = [{ pvcLabels: SKIPPED }, ...(snapshots ? [] : [{ volumeTypes: ['emptyDir'] }])];
    return configuration(this, 'volume-policies', {
      policies: {
        version: 'v1',
        volumePolicies: skipped.map((conditions) => ({ conditions, action: { type: 'skip' } })),
      },
    });
  }

  /** Snapshots are needed only until their data is moved, so the cloud's are deleted with their objects. */
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

/** The entry with the access keys of the object store, if it needs any. */
function accessKeysOf({ target, secrets }: VeleroProps): StoreEntry | undefined {
  if ('store' in target) return target.store.credentials;
  return target.keysEntry === undefined ? undefined : secrets.given(target.keysEntry, 'component velero');
}

/** Its alerts, read when everything is there: without volumes the Schedule is paused, and no backup is missing. */
function alertsOf({ namespaces, schedule }: VeleroProps): RuleGroup {
  return {
    name: 'velero',
    get alerts() {
      return namespaces().length === 0 ? {} : veleroAlerts({ schedule: SCHEDULE, everySeconds: longestGap(schedule) });
    },
  };
}

function commonPodProps({ images, identity, target, startedPods }: VeleroProps): VeleroPods {
  return {
    image: images.server,
    identity,
    egress: [API_SERVER, ...identity.openings],
    filesFromNodes: target.snapshotDriver === undefined,
    started: startedPods,
  };
}

/** The namespaces to back up; if there are none, Velero's own, for the paused Schedule. */
function sorted(namespaces: readonly string[], own: string): string[] {
  return namespaces.length > 0 ? [...new Set(namespaces)].sort() : [own];
}
