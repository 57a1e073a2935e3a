import { findKind, KINDS } from '../../kinds/index.ts';
import { podSpecOf, volumeClaimsOf } from '../../kinds/references.ts';
import { at, label, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { grouped } from '../../lib/grouped.ts';
import { type Labels, labelsIn } from '../../lib/selector.ts';
import type { Snapshot } from '../change.ts';

/** Kinds with a pod template, and kinds of which a controller makes pods with known labels. */
export const POD_KINDS: readonly string[] = [
  ...new Set(KINDS.filter((kind) => kind.podTemplate !== undefined || kind.statefulSet).map(({ kind }) => kind)),
];

/** A container of a pod template. */
export interface Container {
  readonly name: string;
  /** With its name as merge key: `spec.template.spec.containers[app]`. */
  readonly path: string;
  readonly value: unknown;
  readonly init: boolean;
}

/** The pods of one workload. */
export interface Pods {
  readonly workload: Manifest;
  readonly label: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** The pod spec; undefined if a controller writes it. */
  readonly spec: unknown;
  /** Path of the pod spec. */
  readonly path: string;
  /** Containers, init containers last. */
  readonly containers: readonly Container[];
}

/** The pods of each workload: they are asked for by many rules, in all clusters that have it. */
const OF_WORKLOAD = new WeakMap<Manifest, Pods | 'none'>();

/** The pods of an object; undefined if it has none. */
export function podsOf(workload: Manifest): Pods | undefined {
  const found = OF_WORKLOAD.get(workload) ?? findPods(workload) ?? 'none';
  OF_WORKLOAD.set(workload, found);
  return found === 'none' ? undefined : found;
}

function findPods(workload: Manifest): Pods | undefined {
  const found = podSpecOf(workload);
  const made = found ? undefined : findKind(workload)?.statefulSet?.(workload);
  const labels = found ? found.labels : at(made, 'spec', 'selector', 'matchLabels');
  if (!found && !made) return undefined;
  const path = found?.path ?? 'spec';
  const template = at(workload, ...path.split('.').slice(0, -1));
  return {
    workload,
    label: label(workload),
    namespace: workload.metadata.namespace ?? 'default',
    labels: labelsIn(labels),
    annotations: found ? labelsIn(at(template ?? workload, 'metadata', 'annotations')) : {},
    spec: found?.spec,
    path,
    containers: ['containers', 'initContainers'].flatMap((list) =>
      listAt(found?.spec, list).map((value) => {
        const name = textAt(value, 'name') ?? '';
        return { name, path: `${path}.${list}[${name}]`, value, init: list === 'initContainers' };
      }),
    ),
  };
}

/** A port that a container declares. */
export interface ContainerPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
}

/** The ports of pods; undefined if a controller decides on them. */
export function portsOf({ spec, containers }: Pods): ContainerPort[] | undefined {
  if (spec === undefined) return undefined;
  return containers.flatMap(({ value }) =>
    listAt(value, 'ports').map((port) => ({
      name: textAt(port, 'name'),
      number: Number(at(port, 'containerPort')),
      protocol: textAt(port, 'protocol') ?? 'TCP',
    })),
  );
}

interface PodsByNamespace {
  readonly all: readonly Pods[];
  readonly in: ReadonlyMap<string, readonly Pods[]>;
}

/** Snapshots do not change. */
const PODS = new WeakMap<Snapshot, PodsByNamespace>();

function podsByNamespace(snapshot: Snapshot): PodsByNamespace {
  const known = PODS.get(snapshot);
  if (known) return known;
  const all = POD_KINDS.flatMap((kind) => snapshot.ofKind(kind)).flatMap(({ manifest }) => podsOf(manifest) ?? []);
  const pods = { all, in: grouped(all, ({ namespace }) => namespace) };
  PODS.set(snapshot, pods);
  return pods;
}

/** The pods of every workload of a cluster. */
export function podsIn(snapshot: Snapshot): readonly Pods[] {
  return podsByNamespace(snapshot).all;
}

/** The pods of every workload of a namespace. */
export function podsInNamespace(snapshot: Snapshot, namespace = 'default'): readonly Pods[] {
  return podsByNamespace(snapshot).in.get(namespace) ?? [];
}

/** Both sides of the containers that a changed workload has before and after, by name. */
export function containersOfBoth(
  before: Manifest,
  after: Manifest,
): { readonly old: Container; readonly now: Container }[] {
  const old = new Map(podsOf(before)?.containers.map((one) => [one.name, one]));
  return (podsOf(after)?.containers ?? []).flatMap((now) => {
    const one = old.get(now.name);
    return one ? [{ old: one, now }] : [];
  });
}

/** The persistent volumes of a workload: claims that it mounts or creates, by the name of the volume in its pods. */
export function claimsOf(workload: Manifest): ReadonlyMap<string, string> {
  const mounted = listAt(podsOf(workload)?.spec, 'volumes').flatMap((volume) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    return claim === undefined ? [] : [[textAt(volume, 'name') ?? '', `PersistentVolumeClaim ${claim}`] as const];
  });
  const made = volumeClaimsOf(workload).map(({ value }) => {
    const name = textAt(value, 'metadata', 'name') ?? 'storage';
    return [name, `claim template ${name}`] as const;
  });
  return new Map([...mounted, ...made]);
}
