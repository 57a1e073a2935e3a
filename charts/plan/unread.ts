import { readingKey, readingsOf } from '../kinds/readings.ts';
import { podSpecOf, valuesAt } from '../kinds/references.ts';
import { at, label, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import { onChangesOf, RELOADED_SECRETS } from '../lib/on-change.ts';
import type { Snapshot, Surroundings } from './change.ts';
import type { Field, Finding } from './model.ts';
import { saidBy, UNREAD } from './verdict-rules.ts';

/**
 * A ConfigMap or a Secret that pods read once, as variables or as single files, of which no reader is replaced by this
 * change.
 */
export function unreadBy(manifest: Manifest, fields: readonly Field[], around: Surroundings): Finding | undefined {
  const { kind, metadata } = manifest;
  if (kind !== 'ConfigMap' && kind !== 'Secret') return undefined;
  if (!fields.some(({ path }) => /^(data|binaryData|stringData)/.test(path))) return undefined;
  const stale = ['DaemonSet', 'Deployment', 'StatefulSet', 'Rollout']
    .flatMap((one) => around.after.ofKind(one).map((placed) => placed.manifest))
    .filter((one) => one.metadata.namespace === metadata.namespace && readsOnce(one, kind, metadata.name))
    .filter((one) => !isReplaced(one, kind, metadata.name, around.before));
  if (stale.length === 0) return undefined;
  return {
    ...saidBy(UNREAD),
    says: `${stale.map(label).join(', ')} read ${label(manifest)} at their start alone, and nothing restarts them`,
    instead: 'restart them (kubectl rollout restart), or put a checksum into their pod template',
  };
}

type Read = 'ConfigMap' | 'Secret';

/** Where a container names what it reads, for each kind. */
const VARIABLES: Readonly<Record<Read, readonly string[]>> = {
  ConfigMap: ['env[].valueFrom.configMapKeyRef.name', 'envFrom[].configMapRef.name'],
  Secret: ['env[].valueFrom.secretKeyRef.name', 'envFrom[].secretRef.name'],
};

/** True if its containers read it as variables, or as single files of it: the kubelet renews whole volumes alone. */
function readsOnce(workload: Manifest, kind: Read, name: string): boolean {
  if (!readingsOf(workload).some((one) => one.kind === kind && one.name === name)) return false;
  const spec = podSpecOf(workload)?.spec;
  const inContainers = (path: string) =>
    ['containers', 'initContainers'].flatMap((list) => valuesAt(spec, `${list}[].${path}`).map(({ value }) => value));
  const named = (volume: unknown): unknown =>
    kind === 'Secret' ? at(volume, 'secret', 'secretName') : at(volume, 'configMap', 'name');
  const volumes = new Set(
    listAt(spec, 'volumes').flatMap((volume) => (named(volume) === name ? [textAt(volume, 'name')] : [])),
  );
  return (
    VARIABLES[kind].some((path) => inContainers(path).includes(name)) ||
    inContainers('volumeMounts[]').some(
      (mount) => volumes.has(textAt(mount, 'name')) && textAt(mount, 'subPath') !== undefined,
    )
  );
}

/** True if its template changes too, if Reloader replaces its pods, or if it says that they need no new start. */
function isReplaced(workload: Manifest, kind: Read, name: string, before: Snapshot): boolean {
  const stated = onChangesOf(workload)[readingKey({ kind, name })];
  if (stated !== undefined && stated !== 'roll') return true;
  const reloaded = workload.metadata.annotations?.[RELOADED_SECRETS]?.split(',') ?? [];
  if (kind === 'Secret' && reloaded.includes(name)) return true;
  const old = before.ofKind(workload.kind).find(({ manifest }) => label(manifest) === label(workload));
  return JSON.stringify(at(old?.manifest, 'spec', 'template')) !== JSON.stringify(at(workload, 'spec', 'template'));
}
