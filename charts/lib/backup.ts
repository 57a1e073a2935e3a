import { ApiObject } from 'cdk8s';
import type { Component } from '../component.ts';
import { findKind } from '../kinds/index.ts';
import { volumeClaimsOf } from '../kinds/references.ts';
import { type Manifest, textAt } from './manifest.ts';

/** Annotation of a claim that is left out of backups, with the reason as its value. */
export const NO_BACKUP = 'slipway.dev/no-backup-because';

/** True if a component has a volume that belongs into backups. */
export function keepsData(component: Component): boolean {
  return component.node
    .findAll()
    .filter((node): node is ApiObject => ApiObject.isApiObject(node))
    .filter((object) => findKind(object)?.volumeClaims !== undefined)
    .flatMap((object) => volumeClaimsOf(object.toJson() as Manifest))
    .some(({ value }) => !textAt(value, 'metadata', 'annotations', NO_BACKUP));
}

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
