/**
 * The parts of Velero's API that are used here (velero.io/docs/v1.18/api-types), and of the CSI snapshots' that it
 * relies on: neither has a typed package.
 */

/** An object store, or a part of one. */
export interface BackupStorageLocation {
  readonly apiVersion: 'velero.io/v1';
  readonly kind: 'BackupStorageLocation';
  readonly spec: {
    /** Name of the object store plugin. */
    readonly provider: string;
    readonly objectStorage: { readonly bucket: string };
    /** Settings of the plugin. */
    readonly config: Readonly<Record<string, string>>;
    /** Key of a Secret with a file of access keys; none where the pods have a cloud identity. */
    readonly credential?: { readonly name: string; readonly key: string };
    /** True for the one that is used unless a backup names another. */
    readonly default: boolean;
    readonly accessMode: 'ReadWrite' | 'ReadOnly';
  };
}

/** Backups made again and again. */
export interface Schedule {
  readonly apiVersion: 'velero.io/v1';
  readonly kind: 'Schedule';
  readonly spec: {
    /** Five fields of cron, in UTC. */
    readonly schedule: string;
    /** True if its backups are deleted with it. */
    readonly paused?: boolean;
    readonly useOwnerReferencesInBackup: boolean;
    readonly template: BackupSpec;
  };
}

/** What is backed up, how, and for how long. */
export interface BackupSpec {
  readonly storageLocation: string;
  /** An empty list means all of them. */
  readonly includedNamespaces: readonly string[];
  /** Plural names of resources. */
  readonly excludedResources?: readonly string[];
  /** How long it is kept, as Go writes a duration. */
  readonly ttl: string;
  /** Whether the provider's snapshots are made. */
  readonly snapshotVolumes: boolean;
  /** Whether the snapshots' content is moved to the object store. */
  readonly snapshotMoveData: boolean;
  /** Whether volumes are copied file by file from the nodes unless a pod says otherwise. */
  readonly defaultVolumesToFsBackup: boolean;
  /** A ConfigMap that says what to do with volumes of a certain kind. */
  readonly resourcePolicy?: { readonly kind: 'configmap'; readonly name: string };
}

/** How a CSI driver makes snapshots. */
export interface VolumeSnapshotClass {
  readonly apiVersion: 'snapshot.storage.k8s.io/v1';
  readonly kind: 'VolumeSnapshotClass';
  readonly driver: string;
  /** What becomes of the cloud's snapshot once its object is deleted. */
  readonly deletionPolicy: 'Delete' | 'Retain';
}
