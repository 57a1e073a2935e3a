/** A command that Velero runs in a pod before it backs up the pod's volumes. */
export interface BackupHook {
  readonly container: string;
  /** Run as it is: a shell works only if it is named. */
  readonly command: readonly string[];
  /** How long it may take, as Velero writes it: `30m`. */
  readonly timeout: string;
}

/** Annotations of a pod whose volumes are fit for a backup only once a command has run; a backup without it fails. */
export function beforeBackup({ container, command, timeout }: BackupHook): Record<string, string> {
  return {
    'pre.hook.backup.velero.io/container': container,
    'pre.hook.backup.velero.io/command': JSON.stringify(command),
    'pre.hook.backup.velero.io/on-error': 'Fail',
    'pre.hook.backup.velero.io/timeout': timeout,
  };
}

/** Annotation of a pod with volumes that make no sense as copied files, such as those of a running database. */
export function noFileCopyOf(...volumes: readonly string[]): Record<string, string> {
  return { 'backup.velero.io/backup-volumes-excludes': volumes.join(',') };
}
