import { listAt, type Manifest, objectIdentity, textAt } from '../../charts/lib/manifest.ts';
import { onChangesOf, RELOADED_SECRETS } from '../../charts/lib/on-change.ts';
import { CHECKSUM, checksumOf, configMapsIn } from '../../charts/lib/rolls.ts';
import { type ClusterObjects, manifestsOf, ofKind, textsAt, valuesOf } from '../lib/cluster-objects.ts';
import { containersOf, type Pods, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Workloads whose pods outlive what they have read. */
const LONG_LIVED = new Set(['DaemonSet', 'Deployment', 'StatefulSet']);

/** A pod that reads a ConfigMap or Secret at its start would keep the old one until something else restarts it. */
export const rolled = invariant(
  'a changed ConfigMap or Secret rolls the pods that read it, unless they watch it or it counts only at the start',
  (cluster) => {
    const configMaps = configMapsIn(manifestsOf(cluster));
    return longLived(cluster).flatMap((pods) => {
      const { workload, label, namespace, annotations } = pods;
      const stated = onChangesOf(workload);
      const rolling = readBy(pods).filter((key) => (stated[key] ?? 'roll') === 'roll');
      const here = rolling
        .filter((key) => key.startsWith('ConfigMap/'))
        .filter((key) => configMaps.has(objectIdentity('', 'ConfigMap', namespace, nameOf(key))));
      const isOld = here.length > 0 && annotations[CHECKSUM] !== checksumOf(workload, configMaps);
      const announced = workload.metadata.annotations?.[RELOADED_SECRETS]?.split(',') ?? [];
      const secrets = rolling.filter((key) => key.startsWith('Secret/') && !announced.includes(nameOf(key)));
      return [
        ...(isOld ? [`${label} is not rolled by a change of ${here.join(', ')}`] : []),
        ...secrets.map((key) => `${label} is not rolled by a change of ${key}`),
      ];
    });
  },
);

/** Reloader rolls only where it watches, and only with the rights to do so. */
export const reloaded = invariant('Reloader watches the Secrets of every workload that they roll', (cluster) => {
  const programs = workloadPods(cluster).filter((pods) => watchedBy(pods) !== undefined);
  const readers = longLived(cluster).filter(({ workload }) => workload.metadata.annotations?.[RELOADED_SECRETS]);
  return [
    ...readers
      .filter(({ namespace }) => !programs.some((pods) => watchedBy(pods)?.includes(namespace)))
      .map(({ label, namespace }) => `${label} is rolled by Secrets, but Reloader does not watch ${namespace}`),
    ...programs.flatMap((pods) =>
      (watchedBy(pods) ?? []).flatMap((namespace) =>
        RIGHTS.filter((right) => !mayIn(cluster, pods, namespace, right)).map(
          ([verb, resource]) => `${pods.label} may not ${verb} ${resource} in ${namespace || 'a namespace of no name'}`,
        ),
      ),
    ),
  ];
});

const RIGHTS = [
  ['list', 'secrets'],
  ['watch', 'secrets'],
  ...['deployments', 'daemonsets', 'statefulsets'].map((resource) => ['patch', resource] as const),
] as const;

/** The namespaces that a pod of Reloader watches; undefined for any other pod. */
function watchedBy(pods: Pods): readonly string[] | undefined {
  const args = containersOf(pods).flatMap(({ container }) => container.args ?? []);
  if (!args.includes('--reload-strategy=annotations')) return undefined;
  return (args.find((flag) => flag.startsWith('--namespaces=')) ?? '--namespaces=').slice(13).split(',');
}

function mayIn(
  cluster: ClusterObjects,
  pods: Pods,
  namespace: string,
  [verb, resource]: readonly [string, string],
): boolean {
  const bound = ofKind(cluster, 'RoleBinding').filter(
    (binding) =>
      binding.metadata.namespace === namespace &&
      listAt(binding, 'subjects').some(
        (subject) =>
          textAt(subject, 'name') === pods.spec.serviceAccountName && textAt(subject, 'namespace') === pods.namespace,
      ),
  );
  return ofKind(cluster, 'Role').some(
    (role) =>
      bound.some((b) => isRoleOf(b, role)) &&
      listAt(role, 'rules').some(
        (r) => textsAt(r, 'verbs').includes(verb) && textsAt(r, 'resources').includes(resource),
      ),
  );
}

function isRoleOf(binding: Manifest, { metadata }: Manifest): boolean {
  return binding.metadata.namespace === metadata.namespace && textAt(binding, 'roleRef', 'name') === metadata.name;
}

function longLived(cluster: ClusterObjects): Pods[] {
  return workloadPods(cluster).filter(({ workload }) => LONG_LIVED.has(workload.kind));
}

/** Fields that name what is read, by the field's own name; a Secret for the kubelet to pull images is not read by pods. */
const FIELDS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  secretKeyRef: (value) => named('Secret', textAt(value, 'name')),
  secretRef: (value) => named('Secret', textAt(value, 'name')),
  configMapKeyRef: (value) => named('ConfigMap', textAt(value, 'name')),
  configMapRef: (value) => named('ConfigMap', textAt(value, 'name')),
  secret: (value) => named('Secret', textAt(value, 'secretName') ?? textAt(value, 'name')),
  configMap: (value) => named('ConfigMap', textAt(value, 'name')),
};

function named(kind: string, name: string | undefined): string | undefined {
  return name && `${kind}/${name}`;
}

/** What pods read, found by the names of the fields and not by what the kinds declare. */
function readBy({ workload, path }: Pods): string[] {
  const found = valuesOf(workload)
    .filter((value) => value.path.startsWith(`${path}.`) && Object.hasOwn(FIELDS, value.key))
    .map(({ key: field, value }) => FIELDS[field]?.(value));
  return [...new Set(found)].filter((one) => one !== undefined).sort();
}

function nameOf(reading: string): string {
  return reading.slice(reading.indexOf('/') + 1);
}
