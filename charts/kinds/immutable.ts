import { isDeepStrictEqual } from 'node:util';
import { anyBytesOf } from '../lib/quantity.ts';
import { at, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import type { Immutable } from './kind.ts';

/** What of an object never changes in place, for kinds of which there is more to say than a path. */

/** A ConfigMap or a Secret that says so itself. */
export const FROZEN_DATA: readonly Immutable[] = ['data', 'stringData', 'binaryData', 'immutable'].map((path) => ({
  path,
  unless: (before) => at(before, 'immutable') !== true,
  instead: 'render it under a new name, and let its readers name that one',
}));

export const SELECTOR: readonly Immutable[] = [
  { path: 'spec.selector', instead: 'keep the selector, or give the workload a new name' },
];

/** `ValidateStatefulSetUpdate`: everything but what it lists. */
export const STATEFUL_SET: readonly Immutable[] = [
  {
    path: 'spec',
    except: [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      'revisionHistoryLimit',
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ],
    instead:
      'delete the set alone (kubectl delete statefulset --cascade=orphan), and let Argo CD create it again; its pods and claims stay. A claim grows by itself, not by the template',
  },
];

/** `ValidateJobUpdate`. */
export const JOB: readonly Immutable[] = [
  { path: 'spec.completions', unless: isIndexedWithParallelism },
  { path: 'spec.template', unless: isSuspendedAndOnlyPlaced },
  ...[
    'spec.selector',
    'spec.completionMode',
    'spec.podFailurePolicy',
    'spec.backoffLimitPerIndex',
    'spec.managedBy',
    'spec.successPolicy',
  ].map((path) => ({ path })),
].map((one) => ({ ...one, instead: 'make it a hook that is deleted before each sync, or give it a new name' }));

function isIndexedWithParallelism(before: Manifest, after: Manifest): boolean {
  const spec = (one: Manifest, field: string): unknown => at(one, 'spec', field);
  return (
    spec(before, 'completionMode') === 'Indexed' &&
    spec(after, 'completionMode') === 'Indexed' &&
    spec(after, 'completions') === spec(after, 'parallelism')
  );
}

/** Where the pods of a suspended Job run, and what they take, may change; that it is suspended by then is not in Git. */
function isSuspendedAndOnlyPlaced(before: Manifest, after: Manifest): boolean {
  return at(before, 'spec', 'suspend') === true && isDeepStrictEqual(unplaced(before), unplaced(after));
}

function unplaced(job: Manifest): unknown {
  const template = structuredClone(at(job, 'spec', 'template') ?? {}) as Record<string, unknown>;
  const spec = (template['spec'] ?? {}) as Record<string, unknown>;
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates', 'affinity']) delete spec[field];
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')])
    delete (container as Record<string, unknown>)['resources'];
  return spec;
}

/** `ValidatePodUpdate`: an image, a shorter deadline, more tolerations, fewer gates. */
export const POD: readonly Immutable[] = [
  { path: 'spec', unless: (before, after) => isDeepStrictEqual(unchangeable(before), unchangeable(after)) },
  { path: 'spec.activeDeadlineSeconds', unless: isNotLater },
  { path: 'spec.schedulingGates', unless: (before, after) => hasAll(after, before, 'schedulingGates') },
  { path: 'spec.tolerations', unless: (before, after) => hasAll(before, after, 'tolerations') },
];

function unchangeable(pod: Manifest): unknown {
  const spec = structuredClone(pod['spec'] ?? {}) as Record<string, unknown>;
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) delete spec[field];
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')])
    delete (container as Record<string, unknown>)['image'];
  return spec;
}

function isNotLater(before: Manifest, after: Manifest): boolean {
  const [was, is] = [before, after].map((one) => at(one, 'spec', 'activeDeadlineSeconds'));
  return was === undefined || Number(is) <= Number(was);
}

/** True if all items of a list of one pod are in that of the other. */
function hasAll(one: Manifest, other: Manifest, list: string): boolean {
  return listAt(one, 'spec', list).every((item) =>
    listAt(other, 'spec', list).some((another) => isDeepStrictEqual(item, another)),
  );
}

/** `ValidateServiceUpdate`, and what the API server allocates where the object in Git says nothing. */
export const SERVICE: readonly Immutable[] = [
  ...['spec.clusterIP', 'spec.clusterIPs'].map((path) => ({
    path,
    unless: (before: Manifest, after: Manifest) => [before, after].some((one) => typeOf(one) === 'ExternalName'),
    keptIfLeftOut: true,
    instead: 'give the Service a new name: its address cannot change',
  })),
  { path: 'spec.ipFamilies', unless: hasSameFirstFamily, keptIfLeftOut: true },
  {
    path: 'spec.loadBalancerClass',
    unless: (before, after) => [before, after].some((one) => typeOf(one) !== 'LoadBalancer'),
    instead: 'make it a ClusterIP Service first, or give it a new name',
  },
  {
    path: 'spec.healthCheckNodePort',
    unless: (before, after) =>
      [before, after].some((one) => typeOf(one) !== 'LoadBalancer' || policyOf(one) !== 'Local') ||
      at(before, 'spec', 'healthCheckNodePort') === undefined,
    keptIfLeftOut: true,
  },
];

function typeOf(service: Manifest): string {
  return textAt(service, 'spec', 'type') ?? 'ClusterIP';
}

function policyOf(service: Manifest): string {
  return textAt(service, 'spec', 'externalTrafficPolicy') ?? 'Cluster';
}

/** Which family comes first is the cluster's to say where the object says nothing, so that is not known here. */
function hasSameFirstFamily(before: Manifest, after: Manifest): boolean {
  const [one] = listAt(before, 'spec', 'ipFamilies');
  const [other] = listAt(after, 'spec', 'ipFamilies');
  return one === undefined || one === other;
}

/** `ValidatePersistentVolumeClaimUpdate`. Whether the class lets it grow is another object's to say. */
export const CLAIM: readonly Immutable[] = [
  {
    path: 'spec',
    except: ['resources.requests.storage', 'volumeAttributesClassName', 'volumeName', 'storageClassName'],
    instead: 'make another claim and copy the data',
  },
  {
    path: 'spec.resources.requests.storage',
    unless: isNotSmaller,
    instead: 'a volume never shrinks: make a smaller one and copy the data',
  },
  {
    path: 'spec.storageClassName',
    unless: (before) => at(before, 'spec', 'storageClassName') === undefined,
    instead: 'make another claim of that class and copy the data',
  },
  { path: 'spec.volumeName', unless: (before) => at(before, 'spec', 'volumeName') === undefined },
];

function isNotSmaller(before: Manifest, after: Manifest): boolean {
  const [was, is] = [before, after].map((one) => textAt(one, 'spec', 'resources', 'requests', 'storage'));
  return was !== undefined && is !== undefined && anyBytesOf(is) >= anyBytesOf(was);
}

/** `ValidatePersistentVolumeUpdate`: the source, that is every other field, the mode, and a placement once there is one. */
export const VOLUME: readonly Immutable[] = [
  {
    path: 'spec',
    except: [
      'accessModes',
      'capacity',
      'claimRef',
      'mountOptions',
      'nodeAffinity',
      'persistentVolumeReclaimPolicy',
      'storageClassName',
      'volumeAttributesClassName',
    ],
  },
  { path: 'spec.nodeAffinity', unless: (before) => at(before, 'spec', 'nodeAffinity') === undefined },
  {
    path: 'spec.volumeAttributesClassName',
    unless: (_, after) => at(after, 'spec', 'volumeAttributesClassName') !== undefined,
  },
];

export const STORAGE_CLASS: readonly Immutable[] = [
  'provisioner',
  'parameters',
  'reclaimPolicy',
  'volumeBindingMode',
].map((path) => ({ path, instead: 'make another class; volumes keep the class that they were made with' }));

/** Server-side apply takes away a list that is emptied, and with it `spec`, which the definition requires. */
export const ALERT_RULES: readonly Immutable[] = [
  {
    path: 'spec.groups',
    unless: (_, after) => at(after, 'spec', 'groups') === undefined || listAt(after, 'spec', 'groups').length > 0,
    inAnyOrder: true,
    instead: 'remove the object, or leave a group without rules in it',
  },
];

/** Once it is established (apiextensions, `ValidateCustomResourceDefinitionUpdate`). */
export const DEFINITION: readonly Immutable[] = [
  ...['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'].map((path) => ({ path })),
  {
    path: 'spec.versions',
    unless: keepsStoredVersion,
    instead: 'keep the version, not served, until no object is stored in it and status.storedVersions lacks it',
  },
];

/** Objects are stored in the version that says so, which stays in `status.storedVersions` until a person takes it out. */
function keepsStoredVersion(before: Manifest, after: Manifest): boolean {
  const versionsOf = (one: Manifest): readonly unknown[] => listAt(one, 'spec', 'versions');
  const stored = versionsOf(before).find((version) => at(version, 'storage') === true);
  return stored === undefined || versionsOf(after).some((version) => at(version, 'name') === at(stored, 'name'));
}
