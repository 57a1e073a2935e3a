import { ApiObject } from 'cdk8s';
import type { Component } from '../component.ts';
import { findKind } from '../kinds/index.ts';
import { volumeClaimsOf } from '../kinds/references.ts';
import { type Manifest, textAt } from './manifest.ts';
import { NO_BACKUP } from './no-backup.ts';

/** True if a component has a volume to back up. */
export function keepsData(component: Component): boolean {
  return component.node
    .findAll()
    .filter((node): node is ApiObject => ApiObject.isApiObject(node))
    .filter((object) => findKind(object)?.volumeClaims !== undefined)
    .flatMap((object) => volumeClaimsOf(object.toJson() as Manifest))
    .some(({ value }) => !textAt(value, 'metadata', 'annotations', NO_BACKUP));
}

/** The namespaces to back up for a component: its own if it has a volume, and those in which others may have some. */
export function dataNamespaces(component: Component): string[] {
  const own = keepsData(component) ? [component.namespace ?? component.name] : [];
  return [...own, ...component.othersVolumes];
}

/** A command that Velero runs in a pod before it backs up the pod's volumes. */
export interface BackupHook {
  readonly container: string;
  /** Executed directly, not by a shell. */
  readonly command: readonly string[];
  /** Timeout, as a Go duration: `30m`. */
  readonly timeout: string;
}

/** Pod annotations that make Velero run a command before it backs up the volumes; if it fails, so does the backup. */
export function beforeBackup({ container, command, timeout }: BackupHook): Record<string, string> {
  return {
    'pre.hook.backup.velero.io/container': container,
    'pre.hook.backup.velero.io/command': JSON.stringify(command),
    'pre.hook.backup.velero.io/on-error': 'Fail',
    'pre.hook.backup.velero.io/timeout': timeout,
  };
}
