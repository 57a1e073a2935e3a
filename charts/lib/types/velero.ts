/**
 * The parts of the Velero API (velero.io/docs/v1.18/api-types) and of the CSI snapshot API that are used here: no
 * package has types for either.
 */

/** An object store, or a prefix of one. */
export interface BackupStorageLocation {
  readonly apiVersion: 'velero.io/v1';
  readonly kind: 'BackupStorageLocation';
  readonly spec: {
    /** Name of the object store plugin. */
    readonly provider: string;
    readonly objectStorage: { readonly bucket: string };
    /** Settings of the plugin. */
    readonly config: Readonly<Record<string, string>>;
    /** Key of a Secret with a credentials file; none where the pods have a cloud identity. */
    readonly credential?: { readonly name: string; readonly key: string };
    /** True for the location of backups that name no other. */
    readonly default: boolean;
    readonly accessMode: 'ReadWrite' | 'ReadOnly';
  };
}

/** Recurring backups. */
export interface Schedule {
  readonly apiVersion: 'velero.io/v1';
  readonly kind: 'Schedule';
  readonly spec: {
    /** Cron expression with five fields, in UTC. */
    readonly schedule: string;
    /** True if deleting it deletes its backups. */
    readonly paused?: boolean;
    readonly useOwnerReferencesInBackup: boolean;
    readonly template: BackupSpec;
  };
}

/** Scope, method and retention of a backup. */
export interface BackupSpec {
  readonly storageLocation: string;
  /** An empty list means all namespaces. */
  readonly includedNamespaces: readonly string[];
  /** Plural names of resources. */
  readonly excludedResources?: readonly string[];
  /** Retention, as a Go duration. */
  readonly ttl: string;
  /** Whether to take volume snapshots. */
  readonly snapshotVolumes: boolean;
  /** Whether to move the snapshot data to the object store. */
  readonly snapshotMoveData: boolean;
  /** Whether volumes are backed up from the file system of the node, unless a pod opts out. */
  readonly defaultVolumesToFsBackup: boolean;
  /** ConfigMap with policies for volumes by type. */
  readonly resourcePolicy?: { readonly kind: 'configmap'; readonly name: string };
}

/** A request to restore from a backup. */
export interface Restore {
  readonly apiVersion: 'velero.io/v1';
  readonly kind: 'Restore';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    /** The newest complete backup of this Schedule is restored. */
    readonly scheduleName: string;
    readonly includedNamespaces: readonly string[];
    /** Plural names of resources. */
    readonly includedResources: readonly string[];
    /** Labels of objects; each one that matches any of them is restored. */
    readonly orLabelSelectors: readonly { readonly matchLabels: Readonly<Record<string, string>> }[];
    /** New namespaces by the old ones. */
    readonly namespaceMapping: Readonly<Record<string, string>>;
    /** ConfigMap with changes of restored objects. */
    readonly resourceModifier: { readonly kind: 'configmap'; readonly name: string };
    /** Timeout of copying volumes, as a Go duration. */
    readonly itemOperationTimeout: string;
  };
}

/** Changes of restored objects: in a ConfigMap with one key (velero.io/docs/v1.18/restore-resource-modifiers). */
export interface ResourceModifiers {
  readonly version: 'v1';
  readonly resourceModifierRules: readonly {
    readonly conditions: {
      /** As in the backup. */
      readonly namespaces: readonly string[];
      readonly groupResource: string;
      readonly resourceNameRegex: string;
    };
    /** Strategic merge patches, as JSON. */
    readonly strategicPatches: readonly { readonly patchData: string }[];
  }[];
}

/** Parameters of CSI snapshots. */
export interface VolumeSnapshotClass {
  readonly apiVersion: 'snapshot.storage.k8s.io/v1';
  readonly kind: 'VolumeSnapshotClass';
  readonly driver: string;
  /** What happens to the cloud's snapshot when its object is deleted. */
  readonly deletionPolicy: 'Delete' | 'Retain';
}
